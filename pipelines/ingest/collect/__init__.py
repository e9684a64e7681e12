"""Collecting (归集): fetching feeds from where departments keep them, into the drop folder.

Belongs here: databases, interfaces, SFTP, buckets and shared folders read into immutable files named by the contract.
Does not belong here: landing them, or reading their rows by the contract (ingest.landing, ingest.bronze).
Nothing here keeps a memory of its own: what was fetched before is what lies in landing.
"""

from pipelines.ingest.collect.address import is_connected
from pipelines.ingest.collect.collect import FILE_KINDS, collect
from pipelines.ingest.collect.files import fingerprint
from pipelines.ingest.collect.report import FAILED, FETCHED, UNCHANGED, UNCONNECTED, Collected, SourceError

__all__ = [
    "FAILED", "FETCHED", "FILE_KINDS", "UNCHANGED", "UNCONNECTED", "Collected", "SourceError", "collect", "fingerprint",
    "is_connected",
]  # fmt: skip
