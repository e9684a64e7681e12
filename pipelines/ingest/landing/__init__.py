"""Landing: what a department dropped, kept byte for byte with its sha256, recorded once.

Belongs here: taking files in. Does not belong here: opening them (pipelines.ingest.bronze).
"""

from pipelines.ingest.landing.delivery import DATA, UNRECOGNISED, Delivery, landed
from pipelines.ingest.landing.file_name import page_number
from pipelines.ingest.landing.land import dropped, land_feed, left_alone, unclaimed
from pipelines.ingest.landing.mend import mend_records

__all__ = [
    "DATA", "UNRECOGNISED", "Delivery", "dropped", "land_feed", "landed", "left_alone", "mend_records",
    "page_number", "unclaimed",
]  # fmt: skip
