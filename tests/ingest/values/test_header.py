import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.values.header import DEPTH, detect
from tests.ingest.conftest import FEEDS

FEED = FEEDS["F08"]
NOISE = st.text(st.sampled_from("烟台市低保表0123 "), max_size=8)


@given(
    data=st.data(),
    above=st.lists(st.lists(NOISE, max_size=6), max_size=DEPTH - 2),
    below=st.lists(st.lists(NOISE, max_size=6), max_size=5),
)
def test_the_header_is_found_wherever_it_stands_under_whichever_names(
    data: st.DataObject, above: list, below: list
):
    columns = data.draw(st.permutations(FEED.columns))
    headings = [data.draw(st.sampled_from(c.headers)) for c in columns]
    found = detect(
        FEED, [*above, [data.draw(st.sampled_from(["", " ", "\n"])) + h for h in headings], *below]
    )
    assert found.found
    assert found.last_row == len(above) + 1
    assert found.columns == {c.name: place for place, c in enumerate(columns)}
    assert (found.missing, found.absent, found.extra) == ((), (), ())


@given(keep=st.sets(st.sampled_from([c.name for c in FEED.columns])))
def test_a_header_needs_sixty_per_cent_and_names_what_is_missing(keep: set[str]):
    row = [c.label for c in FEED.columns if c.name in keep]
    found = detect(FEED, [row])
    assert found.found == (len(keep) >= 0.6 * len(FEED.columns))
    if found.found:
        assert set(found.missing) == {c.label for c in FEED.columns if c.required and c.name not in keep}
        assert set(found.absent) == {c.label for c in FEED.columns if not c.required and c.name not in keep}


@given(rows=st.lists(st.lists(NOISE, max_size=12), max_size=20))
def test_noise_is_no_header(rows: list[list[str]]):
    found = detect(FEED, rows)
    assert (found.found, found.last_row, found.columns) == (False, 0, {})
    assert len(found.headings) == max((len(r) for r in rows), default=0)


def test_of_two_columns_with_one_heading_the_first_counts_and_the_other_is_told():
    row = [c.label for c in FEED.columns] + ["姓名"]
    found = detect(FEED, [row])
    assert found.columns["name"] == 1
    assert found.extra == ("姓名",)


@pytest.mark.parametrize("upper", ["死者信息", ""])
def test_two_rows_are_joined_where_cells_are_merged(upper: str):
    feed = FEEDS["F04"]
    rest = [c.label for c in feed.columns if c.label not in ("死亡证编号", "姓名", "性别")]
    blank = [""] * len(rest)
    top = ["死亡证编号", upper, upper, *blank]
    rows = [top, ["", "姓名", "性别", *rest], ["D1", "某", "男", *blank]]
    spread = [top, ["死亡证编号", "姓名", "性别", *rest], rows[2]]
    found = detect(feed, rows, lambda i: spread[i])
    assert (found.last_row, found.missing, len(found.columns)) == (2, (), len(feed.columns))


def test_the_group_above_tells_equal_headings_apart():
    feed = FEEDS["F07"]
    rows = [
        ["登记证号", "男方", "男方", "女方", "女方", "登记", "登记"],
        ["登记证号", "姓名", "身份证号", "姓名", "身份证号", "登记日期", "登记类型"],
    ]
    found = detect(feed, rows, lambda i: rows[i])
    assert (found.columns["husband_name"], found.columns["wife_name"]) == (1, 3)
    assert (found.columns["husband_id_no"], found.columns["wife_id_no"]) == (2, 4)
