"""What townships and analysts get."""

from pipelines.kit.keys import entity_key
from tests.dbt import small_prefecture as small


def test_residents_of_a_township_live_there(ask) -> None:
    rows = ask(
        "SELECT name, village_name, grid_code FROM lake.returns.return_resident WHERE township_code = ?",
        small.DONGSHAN,
    )
    assert rows == [("李迁", "乙村", small.OTHER_GRID)]
    names = {
        r[0] for r in ask("SELECT name FROM lake.returns.return_resident WHERE township_code = ?", small.XIANGYANG)
    }
    assert names == {"王建国", "陈秀英", "刘换号", "孙寡", "吴双", "冯寿", "褚损", "何在"}


def test_changes_against_what_was_returned_before(ask) -> None:
    rows = ask(
        "SELECT township_code, change_type, name, new_value FROM lake.returns.return_change "
        "WHERE change_type IN ('减少', '新增') AND name IN ('周老', '李迁') ORDER BY 2, 3, 1"
    )
    assert rows == [
        (small.XIANGYANG, "减少", "周老", "死亡"),
        (small.XIANGYANG, "减少", "李迁", "东山街道"),
        (small.DONGSHAN, "新增", "李迁", None),
    ]


def test_special_groups_list_the_living_in_the_last_month(ask) -> None:
    rows = ask("SELECT name, group_name, detail, amount::int, pay_month FROM lake.returns.return_special_group")
    assert rows == [("孙寡", "高龄津贴", "80-89岁", 100, "2024-02")]


def test_only_grids_in_force_can_be_chosen(ask) -> None:
    rows = ask("SELECT township_code, grid_code, village_name FROM lake.returns.return_grid ORDER BY 1")
    assert rows == [(small.XIANGYANG, small.GRID, "甲村"), (small.DONGSHAN, small.OTHER_GRID, "乙村")]


def test_published_counts_agree_with_what_was_returned(ask) -> None:
    assert ask(
        "SELECT township_name, resident_count, grid_count FROM lake.published.township ORDER BY township_code"
    ) == [
        ("向阳街道", 8, 1),
        ("东山街道", 1, 1),
    ]
    assert ask("SELECT count(*), count(DISTINCT person_id) FROM lake.published.resident_profile") == [(9, 9)]
    assert ask(
        "SELECT age_band, household_size FROM lake.published.resident_profile WHERE person_id = ?",
        entity_key("person", small.HEAD),
    ) == [("60-64岁", 2)]


def test_benefit_months_add_up(ask) -> None:
    rows = ask("SELECT scheme_name, sum(amount)::int FROM lake.published.benefit_month GROUP BY 1")
    assert rows == [("高龄津贴", 400)]
