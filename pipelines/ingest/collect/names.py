"""What a fetched file is called: `F01_户籍人口_370600_202401_增量.parquet`.

Belongs here: building names the contract knows. Does not belong here: reading them (ingest.landing.file_name).
"""

from datetime import date

from pipelines.ingest.collect.report import SourceError
from pipelines.ingest.landing.file_name import read_name
from pipelines.kit.contracts import Feed

CITY = "370600"
_KINDS = {"full": "_全量", "delta": "_增量", "append": ""}


def file_name(feed: Feed, as_of: date, mode: str, extension: str, page: int | None = None) -> str:
    """The name of a city-wide file of the month of `as_of`; `mode` is full, delta or append, pages count from 1.

    Raises SourceError when the contract's filePattern does not know it.
    """
    numbered = f"_p{page:04d}" if page else ""
    stem = f"{feed.code}_{feed.title}_{CITY}_{as_of:%Y%m}{_KINDS[mode]}{numbered}"
    name = f"{stem}.{extension}"
    said = read_name(feed, name)
    if said is None or said.mode != mode:
        raise SourceError(f"{feed.code}：合同的 filePattern 不认归集文件名 {name}，请在合同中补上")
    return name
