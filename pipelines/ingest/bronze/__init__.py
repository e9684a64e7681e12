"""Bronze: landed files read by their contract, one Parquet per delivery, every row or its reason kept.

Belongs here: taking a file in, breakers, quarantine, what is stored. Does not belong here: formats of files, types of
cells (rooms of their own), any rule about the content of a field beyond its type (expectations/), any change to landed
bytes.
"""

from pipelines.ingest.bronze.ingest import awaiting, ingest_feed
from pipelines.ingest.bronze.result import DeliveryResult, results
from pipelines.ingest.bronze.store import empty_bronze

__all__ = ["DeliveryResult", "awaiting", "empty_bronze", "ingest_feed", "results"]
