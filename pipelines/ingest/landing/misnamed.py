"""Where a file name departs from the agreed one, in Chinese.

Belongs here: which part differs, and the words for it. Does not belong here: reading a name (file_name.py), the rule
and its example (contracts/words.py).
"""

import unicodedata
from collections.abc import Iterator

from pipelines.ingest.landing.file_name import read_name
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.words import file_name_example, file_name_rule

PARTS = ("数据源代码", "名称", "范围代码", "年月")


def misnamed(feed: Feed, name: str) -> str:
    """What differs, the rule and an example. Every part is tried in the place of the example's: the contract's own
    pattern judges it."""
    differs = "；".join(_differing(feed, unicodedata.normalize("NFC", name)))
    told = f"{differs}；" if differs else ""
    return f"{told}约定为「{file_name_rule(feed)}」，如「{file_name_example(feed)}」"


def _differing(feed: Feed, name: str) -> Iterator[str]:
    stem, _, ending = name.rpartition(".")
    good, _, good_ending = file_name_example(feed).rpartition(".")
    parts, fitting = stem.split("_"), good.split("_")
    if len(parts) < len(PARTS):
        yield f"以「_」分开的应有{'、'.join(PARTS)} {len(PARTS)} 段，实为 {len(parts)} 段"
    else:
        for place, label in enumerate(PARTS):
            tried = [*fitting[:place], parts[place], *fitting[place + 1 :]]
            if read_name(feed, f"{'_'.join(tried)}.{good_ending}") is None:
                yield f"{label}「{parts[place]}」不对，如「{fitting[place]}」"
        rest = parts[len(PARTS) :]
        if read_name(feed, f"{'_'.join([*fitting[: len(PARTS)], *rest])}.{good_ending}") is None:
            yield f"年月之后的「_{'_'.join(rest)}」不在约定之内" if rest else "年月之后缺少「_全量」或「_增量」"
    if read_name(feed, f"{good}.{ending}") is None:
        yield f"扩展名「{ending}」不对" if stem else "没有扩展名"
