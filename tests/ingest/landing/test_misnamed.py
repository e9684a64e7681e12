"""A name that is not the agreed one: which part differs, and how it should be."""

import pytest

from pipelines.ingest.landing.misnamed import misnamed
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.words import file_name_example

FEEDS = load_contracts()
RULE = (
    "约定为「F10_高龄津贴发放_〔县（市、区）代码 6 位〕_〔年月 6 位〕[_增量][_p〔页号 4 位〕].xlsx」，"
    "如「F10_高龄津贴发放_370602_202401.xlsx」"
)


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("F10_高龄津贴_370602_202401.xlsx", "名称「高龄津贴」不对，如「高龄津贴发放」"),
        ("F1O_高龄津贴发放_370602_202401.xlsx", "数据源代码「F1O」不对，如「F10」"),
        (
            "F10_高龄津贴发放_福山_202413.xlsx",
            "范围代码「福山」不对，如「370602」；年月「202413」不对，如「202401」",
        ),
        ("F10_高龄津贴发放_370602_202401(1).xlsx", "年月「202401(1)」不对，如「202401」"),
        ("F10_高龄津贴发放_370602_202401_最终版.xlsx", "年月之后的「_最终版」不在约定之内"),
        ("F10_高龄津贴发放_370602_202401.docx", "扩展名「docx」不对"),
        ("F10-高龄津贴发放-370602-202401.xlsx", "以「_」分开的应有数据源代码、名称、范围代码、年月 4 段，实为 1 段"),
    ],
)
def test_the_part_that_differs_is_told_with_rule_and_example(name: str, differs: str):
    assert misnamed(FEEDS["F10"], name) == f"{differs}；{RULE}"


def test_full_or_difference_has_to_be_said_where_both_come():
    feed = next(f for f in FEEDS.values() if f.mode == "full_delta")
    assert misnamed(feed, file_name_example(feed).replace("_全量", "")).startswith("年月之后缺少「_全量」或「_增量」；")


@pytest.mark.parametrize("name", ["", ".", "F10", "_", "____", "F10_a_b_c.", ".xlsx", "F10_a"])
def test_any_name_gets_an_answer(name: str):
    assert all(misnamed(feed, name).endswith(f"如「{file_name_example(feed)}」") for feed in FEEDS.values())
