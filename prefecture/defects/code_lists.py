"""R06: codes outside their list, or of a version no longer in force.

Belongs here: codes no list has. Does not belong here: codes that contradict other columns.

The rule finds the record key of every row in which a filled column holds a code its list does not have:
  F01.ethnic_code      GB/T 3304: 01 to 56, 97 其他, 98 外国血统中国籍人士
  F01.relation_code    GB/T 4761-2008: 01, 02, 10 to 12, 20 to 97, 99 (03 and 98 were in the version of 1984)
  F14.industry_code    GB/T 4754-2017: the small classes (level 4) of data/reference/codes; codes of the version of
                       2011 (6420 互联网信息服务, 6510 软件开发, 7250 知识产权服务, 8291 职业技能培训) are retired
  F21.sex_code         GB/T 2261.1: 0, 1, 2, 9
  F32.political_code   GB/T 4762: 01 to 13
  F32.education_code   GB/T 4658-2006: 10 to 19, 20 to 23, 28, 30 to 33, 40 to 49, 60 to 63, 70, 71, 73, 80, 81,
                       83, 90 (50 技工学校 was in the version of 1984)
No delivered feed carries a marriage status (GB/T 2261.2). A rule that compares industries of two sources (R39)
must pass over codes R06 finds.
"""

import polars as pl

from prefecture.defects.common import Wave, plain, plant_wave, record_keys, settled, waves
from prefecture.months import FIRST
from prefecture.stage import ALWAYS, Stage, per_person
from prefecture.world.schooling import grade_at

_ETHNIC, _RELATIONS = ("99", "57", "00"), ("98", "13", "03")
_INDUSTRIES = ("6510", "6420", "8291", "7250")
_LATER_ROUNDS = (6, 12)


def plant_code_lists(stage: Stage) -> None:
    """Plant R06 at 1 %: ethnic groups 5 + 1 + 5, relations 5 + 1 + 5, industries 6 + 2 + 5 (stock, second month,
    later; some of the stock repaired at once, every third later one after two months); sexes in F21 and
    education or politics in F32 3 + 2 each, in the stock and at two later rounds."""
    person = plain() & (pl.col("age") >= 3)
    member = person & (pl.col("relation") != "01")
    for where, column, codes in ((person, "ethnic_code", _ETHNIC), (member, "relation_code", _RELATIONS)):
        for wave in waves(5, 1, 1, fixed=1 / 4):
            people = stage.take(where, wave.count(stage))
            table = per_person(people, _cycle(codes, people.height).alias(column))
            plant_wave(stage, wave, "R06", "F01", people, table, record_keys("F01", people), "代码不在国标代码表内")
    _industries(stage)
    _rounds(stage)
    _harmless(stage, person)


def _cycle(codes: tuple[str, ...], count: int) -> pl.Series:
    return pl.Series([codes[i % len(codes)] for i in range(count)], dtype=pl.String)


def _industries(stage: Stage) -> None:
    live = (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
    for wave in waves(6, 2, 1, fixed=1 / 4):
        firms = stage.take_firms(live, wave.count(stage))
        table = firms.select("_eid", _cycle(_INDUSTRIES, firms.height).alias("industry_code"))
        keys = record_keys("F14", firms)
        plant_wave(stage, wave, "R06", "F14", firms, table, keys, "行业代码为已废止的 2011 版", ("_eid",))


def _pupils(stage: Stage) -> pl.Expr:
    """Children who stay in one primary school."""
    stays = stage.world.schooling.filter(pl.col("moved_from").is_null())["_pid"]
    young = grade_at("birth", FIRST.as_of).is_between(1, 3)
    return settled() & young & stage.among(stays)


def _rounds(stage: Stage) -> None:
    for since in (0, *_LATER_ROUNDS):
        wave = Wave(since, 3 if since == 0 else 1, 1 if since == 0 else 0)
        people = stage.take(_pupils(stage), wave.count(stage))
        keys = record_keys("F21", stage.rows("F21", people))
        plant_wave(
            stage, wave, "R06", "F21", people, per_person(people, pl.lit("3").alias("sex_code")), keys, "性别代码不存在"
        )
        for column, code, what in (
            ("education_code", "50", "学历代码为已废止的 1984 版"),
            ("political_code", "14", "政治面貌代码不存在"),
        ):
            people = stage.take(plain() & stage.listed("F32"), wave.count(stage))
            keys = record_keys("F32", stage.rows("F32", people))
            plant_wave(stage, wave, "R06", "F32", people, per_person(people, pl.lit(code).alias(column)), keys, what)


def _harmless(stage: Stage, person: pl.Expr) -> None:
    register = stage.register
    for code, what in (("97", "97 其他民族"), ("98", "98 外国血统中国籍人士")):
        people = stage.take(person, stage.count(4))
        stage.edit("F01", ALWAYS, per_person(people, pl.lit(code).alias("ethnic_code")))
        register.hard_negative("R06", "F01", record_keys("F01", people), what, people)
    kin = stage.take(plain() & (pl.col("relation") == "97"), stage.count(3))
    register.hard_negative("R06", "F01", record_keys("F01", kin), "97 其他亲属", kin)
    pupils = stage.take(_pupils(stage), stage.count(3))
    stage.edit("F21", ALWAYS, per_person(pupils, pl.lit("9").alias("sex_code")))
    register.hard_negative("R06", "F21", record_keys("F21", stage.rows("F21", pupils)), "9 未说明的性别", pupils)
    skilled = stage.take(plain() & stage.listed("F32"), stage.count(3))
    stage.edit("F32", ALWAYS, per_person(skilled, pl.lit("47").alias("education_code")))
    register.hard_negative("R06", "F32", record_keys("F32", stage.rows("F32", skilled)), "47 技工学校毕业", skilled)
