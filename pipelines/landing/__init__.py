"""Landing: what a department dropped, kept byte for byte with its sha256, recorded once.

Belongs here: taking files in. Does not belong here: opening them (pipelines.bronze).
"""

from pipelines.landing.delivery import DATA, UNRECOGNISED, Delivery, landed
from pipelines.landing.file_name import page_number
from pipelines.landing.land import dropped, land_feed, left_alone, unclaimed
from pipelines.landing.mend import mend_records

__all__ = [
    "DATA", "UNRECOGNISED", "Delivery", "dropped", "land_feed", "landed", "left_alone", "mend_records",
    "page_number", "unclaimed",
]  # fmt: skip
