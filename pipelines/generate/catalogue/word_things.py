"""Tags, standing questions of analysts and terms as the search page shows them: what is told by words and a condition.

Belongs here: from each of them to the one shape (thing.py). Does not belong here: reading their files.
"""

import re

from pipelines.generate.catalogue.terms import Term
from pipelines.generate.catalogue.thing import EVERY_TURN, OWNER, Thing, described, feeds, thing
from pipelines.generate.catalogue.uses import ANALYSIS, TAG, TERM, House
from pipelines.generate.tags import Tag
from pipelines.give.published.answers import Answer

_SUBJECTS = {"person": "人", "household": "户", "dwelling": "房屋", "enterprise": "企业", "place": "场所"}
_SPECIAL, _TAGS = "returns.return_special_group", "unified.tag"
# Words of the analysts' file are Chinese first, then English.
_ENGLISH = re.compile(r"\s[A-Z].*", re.S)


def of_tag(tag: Tag, house: House) -> Thing:
    """A tag: what it is put on, by which condition of which table, and until when."""
    sheets = [s.code for s in house.sheets.values() if s.table == _SPECIAL]
    origins = (house.origins(tag.table, column) for column in tag.asked)
    told = [
        ("标在谁身上", _SUBJECTS[tag.subject]), ("条件", tag.where), ("有效", _until(tag)),
        ("依据的表", [tag.table]), ("存在哪里", [_TAGS]), ("条件看的数据源", feeds(house, frozenset().union(*origins))),
        ("返还镇街", sheets if tag.returned else "不返还"), ("维护", tag.owner), ("更新", EVERY_TURN),
    ]  # fmt: skip
    return thing(TAG, tag.code, tag.title, tag.owner, _SUBJECTS[tag.subject], told, [], tag.classification)


def _until(tag: Tag) -> str:
    match tag.ends:
        case {"month": month}:
            return f"只看各来源最近一个月的名单（{month}）"
        case {"day": day}:
            return f"到 {day} 那天止，含当日"
    return "条件成立期间"


def of_answer(answer: Answer, house: House) -> Thing:
    """A standing question: the view that answers it, and its columns."""
    told = [
        ("在哪里", f"分析库 published/analyst.duckdb 的视图 {answer.name}"),
        ("读的表", [f"published.{name}" for name in answer.reads]),
        ("谁能用", "分析人员；已去标识，人数过少的不公布"), ("维护", OWNER), ("更新", "每期随分析库重写"),
    ]  # fmt: skip
    rows = [[described(house, name, _ENGLISH.sub("", words)), name] for name, words in answer.columns.items()]
    return thing(ANALYSIS, answer.name, answer.question_zh, OWNER, "分析库", told, [("列", ["内容", "列"], rows)])


def of_term(code: str, term: Term) -> Thing:
    """A word and what it means."""
    told = [("意思", term.means), ("也叫", "、".join(term.also)), ("相关", [*term.see]), ("维护", OWNER)]
    return thing(TERM, code, term.term, OWNER, "", told, [], aliases=term.also)
