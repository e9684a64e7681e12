"""The sheet 说明, for someone who has never heard of us: the text of guide.yaml with this set's facts in it.

Belongs here: filling in the text. Does not belong here: the text, or how it is laid out.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.give.returns.columns import TOWNSHIP
from pipelines.give.returns.model import Question, TownshipReturn
from pipelines.kit import yaml_text
from pipelines.kit.office.sheets import load_sheets
from pipelines.kit.office.styles import clean

# How a source says that its data is not as new as it should be.
STALE = "（陈旧）"
# What stands for the period of a sheet whose departments have nothing, and need not say so.
NIL = "没有这类数据"
_TEXT = Path(__file__).with_name("guide.yaml")


@dataclass(frozen=True)
class Section:
    """A heading and its lines (label, text)."""

    title: str
    lines: tuple[tuple[str, str], ...]


def guide(data: TownshipReturn) -> tuple[Section, ...]:
    """The sections of 说明 in reading order."""
    facts = {
        "as_of": chinese_date(data.as_of.isoformat()),
        "issue": data.issue,
        "superseding": f"，代替之前签发的文件，原因：{clean(data.because)}" if data.supersedes else "",
        **data.counts,
        "due": f"{chinese_date(data.due_on.isoformat())}前（含当日）"
        if data.anomalies
        else "本期没有需要核实的内容，不必交回。",
        "sheets": "".join(f"「{sheet.title}」" for sheet in load_sheets(TOWNSHIP).values()),
        "typed": "".join(f"「{choice.code}」" for q in _asked(data) for choice in q.choices if choice.needs_value),
    }
    sections = []
    for section in _text():
        said = [text.format_map(facts) for text in section.get("steps", ()) if facts["typed"] or "{typed}" not in text]
        lines = [(f"第 {number} 步", text) for number, text in enumerate(said, 1)]
        lines += [(label, text.format_map(facts)) for label, text in section.get("lines", {}).items()]
        if "unasked" in section and not data.anomalies:
            lines = [("本期", section["unasked"])]
        if "about" in section:
            lines += _about(data, section["about"])
        if "choices" in section:
            lines = _choices(data) or [("本期", section["choices"])]
        if "sources" in section:
            lines = _old_sources(data, section)
        sections.append(Section(section["title"], tuple(lines)))
    return tuple(sections)


def chinese_date(iso: str) -> str:
    """'2024-01-31' as 2024年1月31日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


@cache
def _text() -> list[dict]:
    return yaml_text.parse(_TEXT.read_text(encoding="utf-8"))


def _about(data: TownshipReturn, text: str) -> list[tuple[str, str]]:
    """A line for every sheet whose file says what it is about."""
    told = ((sheet, data.periods.get(code, "")) for code, sheet in load_sheets(TOWNSHIP).items() if sheet.about)
    return [
        (sheet.title, text.format(rows=data.counts[sheet.code], about=sheet.about, period=_reach(period)))
        for sheet, period in told
    ]


def _reach(period: str) -> str:
    """To where the data of a sheet reach."""
    return period if period == NIL else f"数据到{period}" if period else "数据尚未收到"


def _old_sources(data: TownshipReturn, section: dict) -> list[tuple[str, str]]:
    """Only what is stale one by one, and what to do about it. The others are not counted: a feed that comes new and
    says nothing of the township must change nothing in its workbook."""
    stale = [(name, text) for name, text in data.sources if STALE in text]
    kind = "stale" if stale else "current" if data.sources else "sources"
    told = section[kind].format(stale=len(stale))
    return [*stale, ("请注意" if stale else "来源", told)]


def _asked(data: TownshipReturn) -> list[Question]:
    """What the set asks, of all that may be asked."""
    used = {a.rule_id for a in data.anomalies}
    return [question for question in data.questions if question.rule_id in used]


def _choices(data: TownshipReturn) -> list[tuple[str, str]]:
    return [
        (question.title, "\n".join(f"选「{choice.code}」：{choice.meaning}" for choice in question.choices))
        for question in _asked(data)
    ]
