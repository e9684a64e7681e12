"""F21: the school rolls, term by term.

Belongs here: who is on which school's roll at the end of a term. Does not belong here: who goes to school
where (world/schooling.py). Students without a resident number have an L number instead of a G number; who has
changed school in the year is still on the old school's roll, as 转出.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world import roles
from prefecture.world.schooling import COMPULSORY, LAST_GRADE, school_codes, school_names, school_year
from prefecture.world.vital import is_present
from prefecture.world.world import World

GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级")
GRADES += ("高一年级", "高二年级", "高三年级")
_WITHOUT_NUMBER, _DEFERRED, _SUSPENDED, _VISITED = 0.05, 0.003, 0.0015, 0.001
LAYOUT = (
    Heading("student_no", "学籍号", "学籍信息", 24),
    Heading("school_code", "学校标识码", "学籍信息", 16),
    Heading("school_name", "学校名称", "学籍信息", 30),
    Heading("grade_name", "年级", "学籍信息", 10),
    Heading("class_no", "班号", "学籍信息", 8),
    Heading("study_type", "就读方式", "学籍信息", 10),
    Heading("status_name", "学生状态", "学籍信息", 10),
    Heading("document_no", "批准文号", "学籍信息", 24),
    Heading("name", "姓名", "学生信息"),
    Heading("sex_code", "性别码", "学生信息", 8),
    Heading("birth_date", "出生日期", "学生信息"),
    Heading("id_no", "身份证件号", "学生信息", 22),
    Heading("guardian_name", "监护人姓名", "监护人信息"),
    Heading("guardian_relation_name", "与学生关系", "监护人信息", 10),
    Heading("guardian_phone", "监护人联系电话", "监护人信息", 16),
)


def rolls(world: World, month: Month) -> pl.DataFrame:
    """All rows of F21 with `_pid` and `_county` (of the school)."""
    grade = school_year(month.as_of) - pl.col("entry_year") + 1
    students = (
        world.schooling.join(world.people, left_on="_pid", right_on="pid", how="left", maintain_order="left")
        .with_columns(grade.alias("grade"))
        .filter(
            pl.col("grade").is_between(1, LAST_GRADE)
            & is_present(month.as_of)
            & ((pl.col("grade") <= COMPULSORY) | pl.col("goes_on"))
        )
        .join(_guardians(world.people), on="household", how="left", maintain_order="left")
    )
    here = students.with_columns(pl.lit(False).alias("has_left_school"))
    before = students.filter(pl.col("moved_from").is_not_null() & (pl.col("moved_from") != pl.col("place")))
    before = before.with_columns(pl.col("moved_from").alias("place"), pl.lit(True).alias("has_left_school"))
    rows = pl.concat([here, before]).with_columns(
        school_codes(pl.col("place"), pl.col("grade"), pl.col("kind"), pl.col("which")).alias("school_code")
    )
    rows = rows.join(school_names(world), on="school_code", how="left", maintain_order="left")
    return _written(rows, school_year(month.as_of))


def _written(rows: pl.DataFrame, year: int) -> pl.DataFrame:
    deferred = (pl.col("grade") == 1) & (pl.col("fate") < _DEFERRED)
    suspended = (pl.col("grade") > 1) & (pl.col("fate") < _SUSPENDED)
    visited = (pl.col("grade") <= COMPULSORY) & pl.col("fate").is_between(0.5, 0.5 + _VISITED)
    status = (
        pl.when("has_left_school")
        .then(pl.lit("转出"))
        .when(deferred)
        .then(pl.lit("缓学"))
        .when(suspended)
        .then(pl.lit("休学"))
        .otherwise(pl.lit("在读"))
    )
    lacks_number = pl.col("is_floating") & (pl.col("fate") > 1 - _WITHOUT_NUMBER)
    boards = (pl.col("grade") > COMPULSORY) & (pl.col("fate") < 0.7)
    serial = (pl.col("_pid") * 7_919 % 100_000_000).cast(pl.String).str.zfill(8)
    return rows.select(
        "_pid",
        pl.col("school_county").alias("_county"),
        pl.when(lacks_number)
        .then(pl.concat_str(pl.lit("L"), "school_code", serial))
        .otherwise(pl.lit("G") + pl.col("id_no"))
        .alias("student_no"),
        "school_code",
        "school_name",
        pl.lit(pl.Series(GRADES)).gather(pl.col("grade") - 1).alias("grade_name"),
        pl.concat_str((1 + pl.col("_pid") % 6).cast(pl.String), pl.lit("班")).alias("class_no"),
        pl.when(visited)
        .then(pl.lit("送教上门"))
        .when(boards)
        .then(pl.lit("住校"))
        .otherwise(pl.lit("走读"))
        .alias("study_type"),
        status.alias("status_name"),
        pl.when(~pl.col("has_left_school") & (deferred | suspended))
        .then(document_no("_pid", year))
        .alias("document_no"),
        "name",
        pl.col("sex").cast(pl.String).alias("sex_code"),
        pl.col("birth").alias("birth_date"),
        pl.when(~lacks_number).then("id_no").alias("id_no"),
        "guardian_name",
        pl.when(pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD]))
        .then(pl.when(pl.col("guardian_sex") == 1).then(pl.lit("父亲")).otherwise(pl.lit("母亲")))
        .otherwise(pl.lit("其他监护人"))
        .alias("guardian_relation_name"),
        pl.coalesce("head_phone", "phone").alias("guardian_phone"),
    )


def document_no(person: str, year: int) -> pl.Expr:
    """The number of the paper that lets a child stay away from school."""
    return pl.concat_str(pl.lit(f"教基字〔{year}〕"), (1 + pl.col(person) % 900).cast(pl.String), pl.lit("号"))


def _guardians(people: pl.DataFrame) -> pl.DataFrame:
    heads = people.filter((pl.col("role") == roles.HEAD) & (pl.col("age") >= 18))
    about = (
        pl.col("name").alias("guardian_name"), pl.col("sex").alias("guardian_sex"), pl.col("phone").alias("head_phone")
    )  # fmt: skip
    return heads.select("household", *about).unique("household", keep="first", maintain_order=True)


FEED = Feed(
    code="F21",
    title="学籍",
    kind="snapshot",
    rows=rolls,
    keys=("student_no", "school_code"),
    order=("_county", "school_code", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    every=6,
    heading="{county}{year}年{month}月中小学学籍明细表",
    footnote="注：本表含未成年人信息，仅限控辍保学工作使用。",
)
