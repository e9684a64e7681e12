"""How precise a rule is, in the words of an office.

Belongs here: wording that a rule's page, the list of rules and the search page share. Does not belong here: the figures
(pipelines/judge/measured.py), what else is told of a rule (rule_words.py).
"""

from pipelines.judge.measured import Measured

TITLE = "查得准不准、全不全"
_NOT_MEASURED = "尚未测量"


def rows(told: Measured | None) -> list[tuple[str, str]]:
    """How much of what a rule names is true, how much of what is true it names, and where that was found out."""
    if told is None:
        return [("精确率、召回率", _NOT_MEASURED)]
    one, when = told.figures, told.when
    planted, precision, recall = cells(told)
    return [
        ("精确率", f"{precision}：查出 {one.found + one.false_alarms} 处，其中误报 {one.false_alarms} 处"),
        ("召回率", f"{recall}：埋设 {planted} 处，漏报 {one.planted - one.found} 处"),
        ("难例", f"{one.traps} 处看似有问题、其实没有的，误报 {one.traps_fired} 处"),
        ("在哪里测得", f"合成样本，规模为全市的 {when.share * 100:g}%，数据截至 {when.as_of}；真实数据可能不同"),
        ("何时测得", f"{when.measured_on}，代码版本 {when.commit}"),
    ]


def cells(told: Measured | None) -> tuple[str, str, str]:
    """How many were planted, precision and recall."""
    if told is None:
        return "", _NOT_MEASURED, _NOT_MEASURED
    one = told.figures
    precision = _share(one.found, one.found + one.false_alarms, "没有查出")
    return str(one.planted), precision, _share(one.found, one.planted, "没有埋设")


def _share(part: int, whole: int, nothing: str) -> str:
    """Rounded down, so that 100% is all."""
    return f"{part * 1000 // whole / 10:g}%" if whole else nothing
