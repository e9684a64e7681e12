"""The standard's terms in the words of an office: what a feed is, what a column may hold, when it is refused.

Belongs here: wording that catalogue and contract workbook share. Does not belong here: tables and pages.
"""

import re

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.model import BY_KEY, NIL_NEVER, Column, Feed, Source

CLASSES = {"L1": "公开", "L2": "内部", "L3": "个人信息", "L4": "敏感个人信息"}
MODES = {"full": "每次全量", "full_delta": "先全量后增量", "append": "逐次追加"}
SCOPES = {"city": "全市一个文件", "county": "每县（市、区）一个文件", "township": "每镇街一个文件"}
_SCOPE_CODES = {
    "city": ("370600", "370600"),
    "county": ("县（市、区）代码 6 位", "370602"),
    "township": ("镇街代码 9 位", "370602001"),
}
_KINDS = {"full": ("[_全量]", ""), "append": ("[_增量]", ""), "full_delta": ("_〔全量或增量〕", "_全量")}
_TYPES = {
    "string": "文本",
    "date": "日期",
    "timestamp": "日期时间",
    "integer": "整数",
    "decimal": "数值",
    "geometry": "空间数据",
}
_MASKS = {
    "surname": "只显示姓",
    "last2": "只显示后两位",
    "phone": "显示前三后二",
    "village": "只到村居",
    "last4": "只显示后四位",
    "year": "只显示年份",
    "hide": "不显示",
}
SOURCES = {
    "postgres": "前置库（PostgreSQL）",
    "mysql": "前置库（MySQL）",
    "api": "接口",
    "sftp": "SFTP 目录",
    "s3": "对象存储",
    "folder": "共享目录",
}
FORMATS = {
    "xlsx": "Excel 工作簿（xlsx）",
    "csv": "文本文件（csv）",
    "json": "接口或 JSON 文件",
    "geojson": "空间数据（geojson）",
    "parquet": "Parquet 文件",
}
RETURNS = {"rows": "按镇街返还本辖区数据", "query": "只供查询核验，不返还明细"}
IDENTITIES = {
    "key": "按主键认行",
    "row": "没有主键：每行各自独立，内容相同的也各算一行，下一次全量送到即全部替换",
}
AHEAD = {"told": "照收并提示", "refused": "该行不能入库"}
NIL_RETURNS = {
    "never": "每期必报",
    "required": "每期必报，无数据时报送只有表头的空文件（零报告）",
    "optional": "从未有数据的可不报；报送过数据的，此后每期必报，没有了报空文件",
}
_PATTERNS = {
    r"^\d{4}-(0[1-9]|1[0-2])$": "年-月，如 2024-01",
    r"^[A-T]?\d{4}$": "门类字母（可省）加 4 位数字",
    r"^(\d{4}|\d{6}|\d{9}|\d{12}|\d{15})$": "4、6、9、12 或 15 位数字",
}


def facts(feed: Feed) -> list[tuple[str, str]]:
    """What a department agrees to with a feed, as (item, content)."""
    form = FORMATS[feed.format] + (f"，编码 {feed.encoding}" if feed.encoding else "")
    found = [
        ("提供部门", feed.department_name),
        ("粒度", feed.grain),
        ("行的身份", "" if feed.identity == BY_KEY else IDENTITIES[feed.identity]),
        ("用途", feed.description),
        ("使用限制", feed.limitations),
        ("更新周期", feed.cadence),
        ("报送期次", _periods(feed)),
        ("报送期限", f"期次所在月月底之后 {feed.due_days} 日内（自然日）"),
        ("零报告", _nil(feed)),
        ("保存期限", feed.retention),
        ("返还方式", RETURNS[feed.return_mode]),
        ("文件格式", form),
        ("表头行数", str(feed.header_rows)),
        ("数值单位", f"整表以{feed.sheet_unit}为单位，入库时换算" if feed.sheet_unit else ""),
        ("标题行", "没有：只填了主键的行也是数据" if feed.has_bare_keys else ""),
        ("报送范围", SCOPES[feed.scope_kind]),
        ("报送方式", MODES[feed.mode]),
        ("文件名规则", file_name_rule(feed)),
        ("文件名示例", file_name_example(feed)),
        ("系统取数", "；".join(_source(s) for s in feed.sources)),
        ("空值写法", "、".join(feed.missing_signs)),
        ("接口成功码", "、".join(feed.success_codes)),
        ("接口记录路径", feed.record_path or ""),
        ("数据表", feed.table),
        ("合同版本", feed.version),
    ]
    return [(item, content) for item, content in found if content]


def file_name_rule(feed: Feed) -> str:
    """How its files are called; what stands in [ ] may be left out."""
    scope = _SCOPE_CODES[feed.scope_kind][0]
    place = scope if scope.isdigit() else f"〔{scope}〕"
    return f"{feed.code}_{feed.title}_{place}_〔年月 6 位〕{_KINDS[feed.mode][0]}[_p〔页号 4 位〕].{feed.format}"


def file_name_example(feed: Feed) -> str:
    """One file name that follows the rule."""
    return f"{feed.code}_{feed.title}_{_SCOPE_CODES[feed.scope_kind][1]}_202401{_KINDS[feed.mode][1]}.{feed.format}"


def refusals(feed: Feed) -> list[str]:
    """When a whole delivery goes back; pipelines/ingest/bronze/breakers.py does what this says."""
    limits = feed.thresholds
    found = [
        "文件打不开、不是约定的格式或编码，或没有数据行",
        "缺少必填的列（含表头改名而未事先约定）；一向有值的非必填列不见了或全部为空",
        "文字成了乱码；某列由文字变成数字之类；文件在一行中间断开",
        f"重复的主键超过 {limits.max_duplicate_share:.0%}",
        f"无法入库的行超过 {limits.max_quarantine_share:.0%}",
    ]
    if any(c.has_check_character for c in feed.columns):
        found.append(f"号码列中校验位不对的值超过 {limits.max_invalid_id_share:.0%}（空值和 15 位旧号不算）")
    if feed.named_id:
        found.append(f"号码与上次相同而姓名不同的人超过 {limits.max_renamed_share:.0%}（号码列错行）")
    if feed.mode == "full_delta":
        found.append(f"一次增量删除的记录超过现有记录的 {limits.max_delete_share:.0%}")
    if feed.mode != "append":
        found.append(f"全量文件的行数少于上一次的 {limits.min_row_ratio:g} 倍，或多于 {limits.max_row_ratio:g} 倍")
        found.append(f"上一次全量的主键在新的全量中不见了 {limits.max_vanished_share:.0%} 以上")
    found.append(
        "可比的交付有五次以上时，行数与其中位数相差过大：全量允许上下各 "
        f"{limits.row_tolerance:.0%}，增量和追加允许 {limits.min_row_ratio / 2:g} 至 {limits.max_row_ratio * 2:g} 倍，"
        "平时波动大的放宽；相差几行不算"
    )
    return found


def type_words(thing: Column | Element) -> str:
    """`文本，最长 20 字`, `数值，2 位小数，单位 元`."""
    parts = [_TYPES[thing.type]]
    if thing.type == "decimal":
        parts.append(f"{thing.scale} 位小数")
    if thing.pattern:
        parts.append(_pattern(thing.pattern))
    elif thing.max_length:
        exact = thing.min_length == thing.max_length
        parts.append(f"{thing.max_length} 位" if exact else f"最长 {thing.max_length} 字")
    if thing.unit:
        parts.append(f"单位 {thing.unit}")
    if isinstance(thing, Column) and thing.is_month:
        early = f"早于文件所属期 {thing.months_before} 个月以上的提示" if thing.months_before is not None else ""
        parts += [t for t in (early, f"晚于文件所属期的{AHEAD[thing.ahead]}") if t]
    if isinstance(thing, Column) and thing.has_indent:
        parts.append("缩进表示上下级，入库为全路径")
    return "，".join(parts)


def marks(tags: tuple[str, ...]) -> list[str]:
    """What its tags mean to somebody who handles the data: kind of personal information, how it is shown."""
    shown = (_MASKS[t.removeprefix("mask:")] for t in tags if t.startswith("mask:"))
    return [*(t for t in tags if t in ("直接标识符", "准标识符", "敏感")), *shown]


def _nil(feed: Feed) -> str:
    """How a scope says that it has nothing to report."""
    if feed.mode == "append" and feed.nil_return == NIL_NEVER:
        return "每期必报，本期没有发生的报送只有表头的空文件（零报告）"
    return NIL_RETURNS[feed.nil_return]


def _periods(feed: Feed) -> str:
    every = "每月" if feed.period_months == 1 else f"每 {feed.period_months} 个月"
    return f"{every}一期，自 {feed.first_period[:4]} 年 {int(feed.first_period[4:])} 月起"


def _pattern(pattern: str) -> str:
    digits = re.fullmatch(r"\^\\d\{(\d+)\}\$", pattern)
    return f"{digits[1]} 位数字" if digits else _PATTERNS.get(pattern, f"格式 {pattern}")


def _source(source: Source) -> str:
    return f"{SOURCES[source.kind]} {source.place}"
