"""F09: lists of orphans and children in need, of every county its own book.

Belongs here: the list as it stands at the end of a quarter. Does not belong here: who is in need
(world/children_in_need.py), or children who should not be listed (defects/), formed with the same function.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.ages import completed_years
from prefecture.world.children_in_need import HARDSHIP, ORPHAN, UNATTENDED
from prefecture.world.schooling import COMPULSORY, LAST_GRADE, grade_at
from prefecture.world.vital import has_left, is_dead
from prefecture.world.world import World

STUDYING, NOT_STUDYING = "在读", "未就读"
_HOME, _FAMILY, _POOR, _ILL = 2300.0, 1850.0, 600.0, 900.0
_COLUMNS = {
    "id_no": ("身份证号", "公民身份号码", "儿童身份证号码"),
    "name": ("姓名", "儿童姓名", "儿童姓名"),
    "sex_name": ("性别", "性别", "性别"),
    "birth_date": ("出生日期", "出生年月日", "出生日期"),
    "category_name": ("儿童类别", "保障类别", "类别"),
    "cause_name": ("认定原因", "困境情形", "致困原因"),
    "father_name": ("父亲姓名", "父亲姓名", "姓名(父)"),
    "father_id_no": ("父亲身份证号", "父亲公民身份号码", "身份证号(父)"),
    "father_state_name": ("父亲状况", "父亲情况", "状况(父)"),
    "mother_name": ("母亲姓名", "母亲姓名", "姓名(母)"),
    "mother_id_no": ("母亲身份证号", "母亲公民身份号码", "身份证号(母)"),
    "mother_state_name": ("母亲状况", "母亲情况", "状况(母)"),
    "guardian_name": ("监护人姓名", "监护人", "姓名(监护人)"),
    "guardian_id_no": ("监护人身份证号", "监护人公民身份号码", "身份证号(监护人)"),
    "guardian_relation_name": ("监护关系", "与儿童关系", "关系"),
    "guardian_phone": ("监护人电话", "联系电话", "电话"),
    "study_state_name": ("就读情况", "就学状况", "是否在读"),
    "amount": ("月补助金额(元)", "保障标准（元/月）", "发放金额(元)"),
    "start_date": ("纳入时间", "享受开始日期", "起始日期"),
    "division_code": ("村居代码", "所属村居代码", "区划代码"),
    "remark": ("备注", "备注", "说明"),
}
_NAMES = tuple(_COLUMNS)
_ORDERS = (
    tuple(range(21)),
    (19, 1, 0, 2, 3, 16, 4, 5, 12, 13, 14, 15, 6, 7, 8, 9, 10, 11, 18, 17, 20),
    (0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20),
)
_GROUPS = {"father": "父亲信息", "mother": "母亲信息", "guardian": "监护人信息"}


def layout(county: str) -> tuple[Heading, ...]:
    """Headings of F09 in one county: three books, the third with headings over several columns."""
    which = int(county) % len(_ORDERS)

    def group(name: str) -> str | None:
        return _GROUPS.get(name.split("_")[0]) if which == 2 else None

    names = [_NAMES[i] for i in _ORDERS[which]]
    return tuple(Heading(n, _COLUMNS[n][which], group(n), 22 if n.endswith("id_no") else 14) for n in names)


def children(world: World, month: Month) -> pl.DataFrame:
    """Rows of F09 with `_pid`, `_father`, `_mother`, `_guardian` and `_county`: until the child is of age, or
    as long as it studies after that."""
    here = ~is_dead(month.as_of) & ~has_left(month.as_of)
    listed = world.children_in_need.filter(here & (pl.col("listed_until") > month.as_of))
    age, grade = completed_years("birth", month.as_of), grade_at("birth", month.as_of)
    study = (
        pl.when(age < 3)
        .then(pl.lit("学龄前"))
        .when(grade < 1)
        .then(pl.lit("幼儿园"))
        .when((grade <= COMPULSORY) | (age >= 18) | ((grade <= LAST_GRADE) & pl.col("goes_on")))
        .then(pl.lit(STUDYING))
        .otherwise(pl.lit(NOT_STUDYING))
    )
    return child_rows(world, listed.with_columns(study.alias("study_state_name")))


def child_rows(world: World, listed: pl.DataFrame) -> pl.DataFrame:
    """Rows of F09 about children with the columns of world/children_in_need.py and `study_state_name`."""
    rows = listed.join(world.divisions.counties, on="county_code", how="left", maintain_order="left")
    families = ("father", "mother", "guardian")
    about = ("id_no", "name", "phone")
    named = (world.of(listed[who], *about).select(pl.all().name.suffix(f"_{who}")) for who in families)
    rows = pl.concat([rows, *named], how="horizontal")
    at_home = pl.col("guardian_relation") == "福利机构"
    home = pl.when(at_home).then(pl.col("county_name") + "社会福利中心")
    amount = (
        pl.when(pl.col("category").is_in([ORPHAN, UNATTENDED]))
        .then(pl.when(at_home).then(_HOME).otherwise(_FAMILY))
        .when(pl.col("category") == HARDSHIP)
        .then(pl.when(pl.col("assist") == "低保").then(_POOR).otherwise(_ILL))
    )
    start = pl.max_horizontal(pl.date(2016 + pl.col("pid") % 8, 1 + pl.col("pid") % 12, 1), "birth")
    return rows.select(
        pl.col("pid").alias("_pid"),
        pl.col("father").alias("_father"),
        pl.col("mother").alias("_mother"),
        pl.col("guardian").alias("_guardian"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        pl.when(pl.col("sex") == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex_name"),
        pl.col("birth").alias("birth_date"),
        pl.col("category").alias("category_name"),
        pl.col("cause").alias("cause_name"),
        "name_father",
        "id_no_father",
        pl.col("father_state").alias("father_state_name"),
        "name_mother",
        "id_no_mother",
        pl.col("mother_state").alias("mother_state_name"),
        pl.coalesce("name_guardian", home).alias("guardian_name"),
        pl.col("id_no_guardian").alias("guardian_id_no"),
        pl.col("guardian_relation").alias("guardian_relation_name"),
        pl.col("phone_guardian").alias("guardian_phone"),
        "study_state_name",
        amount.alias("amount"),
        start.alias("start_date"),
        pl.col("village").alias("division_code"),
        pl.lit(None, pl.String).alias("remark"),
    ).rename({f"{c}_{who}": f"{who}_{c}" for who in ("father", "mother") for c in ("name", "id_no")})


FEED = Feed(
    code="F09",
    title="孤困儿童留守人员",
    kind="snapshot",
    rows=children,
    keys=("id_no",),
    order=("_county", "_pid"),
    layout=layout,
    format="xlsx",
    split="county",
    every=3,
    heading="{county}{year}年{month}月孤儿、困境儿童及留守儿童名册",
    footnote="注：农村留守儿童不发放基本生活补贴。",
    people=(
        ("id_no", "_pid"),
        ("father_id_no", "_father"),
        ("mother_id_no", "_mother"),
        ("guardian_id_no", "_guardian"),
    ),
)
