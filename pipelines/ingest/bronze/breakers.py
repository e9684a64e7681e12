"""When a whole delivery is refused (rule R47).

Belongs here: the checks on figures and their Chinese words. Does not belong here: gathering the figures
(profile.py, history.py, drift.py), files nobody can read (the readers say so) and what happens to a refused
delivery (judging.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.ingest.bronze.drift import changed_kinds, lost_columns
from pipelines.ingest.bronze.history import History, band
from pipelines.ingest.bronze.profile import CHANGE_TYPE, Profile
from pipelines.ingest.bronze.result import Check
from pipelines.ingest.landing import Delivery, page_number
from pipelines.ingest.landing.manifest import UNREAD
from pipelines.ingest.values import problems
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import NIL_NEVER

# A person may release what broke one of these; a file nobody can read or place has no rows to release.
RELEASABLE = (
    "E_PERIOD", "E_MANIFEST", "E_JSON_PART", "E_NIL_REPLACES", "E_SCOPE", "E_OTHER_PLACE",
    "E_TRUNCATED", "E_QUARANTINE_SHARE", "E_GARBLED", "E_COLUMN_LOST", "E_COLUMN_KIND", "E_INVALID_IDS",
    "E_DUPLICATE_SHARE", "E_DELETE_SHARE", "E_ROW_COUNT", "E_KEYS_VANISHED", "E_IDS_SHIFTED",
)  # fmt: skip
# Fewer numbers than this say nothing about a column.
_ENOUGH_NUMBERS = 50
# Rare words look like mojibake now and then; half of the words never do. Two ?? may be somebody's remark.
_MOST_GARBLED = 0.5
_SOME_LOST = 3
# A handful of rows may lie elsewhere. A correction keeps most of the records it corrects.
_MANY_OUTSIDE, _MOST_OUTSIDE, _MOST_OTHERS = 5, 0.5, 0.9
# Older lists are sent by a slip of the finger, or by somebody who says so.
_OLDEST_MONTHS = 120
_NO_HISTORY = History()


@dataclass(frozen=True)
class Breaker:
    """Why a delivery is refused: `where` names the file (and sheet), `why` says what and what to do."""

    code: str
    where: str
    why: str

    @property
    def message(self) -> str:
        """One Chinese sentence."""
        return f"{self.where}：{self.why}"


@dataclass(frozen=True)
class Counts:
    """Of one delivery: rows, rows that go to quarantine by themselves, the profile of the others.

    `previous`: rows of the last accepted full delivery of the scope, None without one or when this is not full.
    `vanished`: share of that one's keys which this one lacks, None likewise. `renamed`: share of the people also in the
    last delivery of the mode who have another name now, None for too few. `is_cut`: breaks off within a line.
    `knows_scope`: whether a division table has it; `placed`: rows that say in which division they lie, `outside`: those
    outside the scope, by county. `lost`: share of the records of the delivery this one replaces that it lacks.
    """

    rows_in: int
    quarantined: int
    profile: Profile = Profile()
    previous: int | None = None
    vanished: float | None = None
    renamed: float | None = None
    is_cut: bool = False
    knows_scope: bool = True
    placed: int = 0
    outside: Mapping[str, int] = field(default_factory=dict)
    lost: float | None = None

    @property
    def duplicate_share(self) -> float | None:
        """Share of the sound rows that repeat a key."""
        sound = self.rows_in - self.quarantined
        return round((sound - self.profile.keys) / sound, 4) if sound else None

    @property
    def row_ratio(self) -> float | None:
        """Rows to rows of the previous full delivery."""
        return round(self.rows_in / self.previous, 4) if self.previous else None


def breaker(code: str, delivery: Delivery, detail: str = "", sheet: str | None = None) -> Breaker:
    """A breaker in words."""
    where = problems.place(delivery.file_name, sheet)
    return Breaker(code, where, problems.reason(problems.DELIVERY[code], detail))


def first_broken(checks: tuple[Check, ...], delivery: Delivery) -> Breaker | None:
    """The breaker of the first check that failed."""
    broken = next((c for c in checks if c.is_broken), None)
    return broken and breaker(broken.code, delivery, "，".join(t for t in (broken.found, broken.limit) if t))


def check(
    counts: Counts, feed: Feed, delivery: Delivery, history: History = _NO_HISTORY, extra: tuple[str, ...] = ()
) -> tuple[Check, ...]:
    """Every limit of the contract that can be asked of a readable delivery, the gravest first.

    A full delivery without rows is refused, but for the nil return (零报告) of a scope of which no rows stand,
    where the contract knows such a thing; a delta or an append without rows says that nothing happened, unless its
    period has rows already. `extra`: headings the contract does not know.
    """
    about = (*_period(feed, delivery), *_scope(counts, delivery), *_declared(counts, delivery))
    cut = [Check("E_TRUNCATED", "文件结尾", "", "", True)] if counts.is_cut else []
    if counts.rows_in == 0 and not cut:
        is_nil = feed.nil_return != NIL_NEVER and not counts.previous
        is_refused = delivery.mode == "full" and not is_nil
        empty = [Check("E_EMPTY", "数据行", _nothing(counts, feed), "", True)] if is_refused else []
        return (*about, *empty, *_nil(delivery, history))
    if counts.rows_in == 0:
        return (*about, *cut)
    found = [*about, *cut, *_place(counts, delivery, history), *_rows(counts, feed)]
    found += [*_columns(counts, feed, history, extra), *_ids(counts, feed), *_people(counts, feed)]
    found += [*_keys(counts, feed), *_deletes(counts, feed, history), *_size(counts, feed, delivery, history)]
    return (*found, *_vanished(counts, feed, delivery))


def _period(feed: Feed, delivery: Delivery) -> Iterator[Check]:
    """A full list of a far month would cover every month before it; one of the period just opening is sent early."""
    ahead = _month(delivery.period) - _month(delivery.delivered_on.replace("-", ""))
    limit = f"应在交付之日前 {_OLDEST_MONTHS // 12} 年至后 {feed.period_months} 个月之内"
    is_broken = not -_OLDEST_MONTHS < ahead <= feed.period_months
    yield Check("E_PERIOD", "所属期", f"{delivery.period}，{delivery.delivered_on} 交付", limit, is_broken)


def _scope(counts: Counts, delivery: Delivery) -> Iterator[Check]:
    yield Check("E_SCOPE", "文件名中的范围", delivery.scope, "应是区划表中的代码", not counts.knows_scope)


def _place(counts: Counts, delivery: Delivery, history: History) -> Iterator[Check]:
    """Whether the rows are those of the place and the period."""
    if counts.placed:
        rows, most = sum(counts.outside.values()), list(counts.outside.items())[:3]
        codes = "、".join(f"{code} 有 {n} 行" for code, n in most)
        found = f"文件名的范围为 {delivery.scope}，{counts.placed} 行有区划代码，其中 {rows} 行在范围之外"
        is_broken = rows >= _MANY_OUTSIDE and rows / counts.placed > _MOST_OUTSIDE
        yield Check("E_OTHER_PLACE", "范围之外的行", f"{found}：{codes}" if codes else found, "上限 50%", is_broken)
    if counts.lost is not None:
        before, limit = history.replaced, f"上限 {_percent(_MOST_OTHERS)}"
        found = (
            f"会替代范围 {delivery.scope} 同期的「{before.file_name}」（{before.delivered_on} 交付，"
            f"编号 {before.delivery_id}），而其中的记录有 {_percent(counts.lost)} 不在本次之中"
        )
        yield Check("E_OTHER_PLACE", "同期原交付的记录", found, limit, counts.lost > _MOST_OTHERS)


def _nothing(counts: Counts, feed: Feed) -> str:
    """Why a full list without rows is no nil return."""
    if feed.nil_return == NIL_NEVER:
        return "合同没有约定零报告，全量名单不能为空；确实没有的请先与市大数据局约定"
    return f"上次有 {counts.previous} 行，名单不能一次变空；确已全部取消的请与市大数据局联系"


def _nil(delivery: Delivery, history: History) -> Iterator[Check]:
    """No rows wipe nobody's rows out; a page behind the first one is none of a period's only ones."""
    before = history.replaced
    if before is not None and before.rows_bronze and (page_number(delivery.file_name) or 1) == 1:
        found = f"「{before.file_name}」{before.delivered_on} 交付，编号 {before.delivery_id}，{before.rows_bronze} 行"
        yield Check("E_NIL_REPLACES", "零报告", found, "仍然有效", True)


def _month(digits: str) -> int:
    """YYYYMM as a number of months."""
    return int(digits[:4]) * 12 + int(digits[4:6])


def _declared(counts: Counts, delivery: Delivery) -> Iterator[Check]:
    """What the sender's manifest says of the file."""
    if delivery.declared_sha256 is not None:
        is_same = delivery.declared_sha256 == delivery.sha256
        found = "清单不可读" if delivery.declared_sha256 == UNREAD else "SHA-256 与清单不同"
        yield Check("E_MANIFEST", "清单中的 SHA-256", "相同" if is_same else found, "", not is_same)
    if (rows := delivery.declared_rows) is not None:
        is_same = rows == counts.rows_in
        yield Check("E_MANIFEST", "清单中的行数", f"本次 {counts.rows_in} 行", f"清单为 {rows} 行", not is_same)


def _share(code: str, name: str, share: float, limit: float, of: str = "", counts: bool = True) -> Check:
    """`counts` False: too few rows to say anything."""
    found = f"{of}占 {_percent(share)}"
    return Check(code, name, found, f"上限 {_percent(limit)}", counts and share > limit)


def _percent(share: float) -> str:
    """30%, 0.4%."""
    return f"{share:.0%}" if share >= 0.01 or share == 0 else f"{share:.1%}"


def _rows(counts: Counts, feed: Feed) -> Iterator[Check]:
    share, limit = counts.quarantined / counts.rows_in, feed.thresholds.max_quarantine_share
    of = f"{counts.rows_in} 行中 {counts.quarantined} 行，"
    yield _share("E_QUARANTINE_SHARE", "不能入库的行", share, limit, of)


def _columns(counts: Counts, feed: Feed, history: History, extra: tuple[str, ...]) -> Iterator[Check]:
    garbled = counts.profile.garbled
    if garbled is not None:
        yield _share("E_GARBLED", "乱码", garbled, _MOST_GARBLED, "文字")
    for name, (seen, lost) in counts.profile.lost.items():
        column, of = feed.by_name[name], f"「{feed.by_name[name].label}」{seen} 个值中 {lost} 个，"
        enough = column.required or lost >= _SOME_LOST
        yield _share("E_GARBLED", f"「{column.label}」只剩问号、方框的值", lost / seen, _MOST_GARBLED, of, enough)
    if history.alike:
        lost = lost_columns(counts.profile, extra, history, feed)
        yield Check("E_COLUMN_LOST", "一向有值的列", "；".join(lost) or "都在", "此前各次都有值", bool(lost))
        changed = [t for c, t in changed_kinds(counts.profile, history.comparable, feed) if not c.code_list]
        yield Check("E_COLUMN_KIND", "各列的取值", "；".join(changed) or "与上一次同类", "", bool(changed))


def _ids(counts: Counts, feed: Feed) -> Iterator[Check]:
    limits = feed.thresholds
    for column, (seen, bad) in counts.profile.ids.items():
        if seen:
            label, share = feed.by_name[column].label, bad / seen
            of, enough = f"「{label}」{seen} 个值中 {bad} 个，", seen >= _ENOUGH_NUMBERS
            name = f"「{label}」校验位不对的值"
            yield _share("E_INVALID_IDS", name, share, limits.max_invalid_id_share, of, enough)


def few_invalid(profile: Profile, feed: Feed) -> Iterator[str]:
    """What to say of columns whose numbers are too few to refuse the delivery, though too many of them are wrong."""
    for column, (seen, bad) in profile.ids.items():
        if 0 < seen < _ENOUGH_NUMBERS and bad / seen > feed.thresholds.max_invalid_id_share:
            yield f"「{feed.by_name[column].label}」列 {seen} 个值中有 {bad} 个校验位不对，请核对该列"


def _people(counts: Counts, feed: Feed) -> Iterator[Check]:
    if counts.renamed is not None:
        limit = feed.thresholds.max_renamed_share
        yield _share("E_IDS_SHIFTED", "号码与上次相同而姓名不同的人", counts.renamed, limit)


def _keys(counts: Counts, feed: Feed) -> Iterator[Check]:
    if counts.duplicate_share is not None:
        limit = feed.thresholds.max_duplicate_share
        yield _share("E_DUPLICATE_SHARE", "主键重复的行", counts.duplicate_share, limit)


def _deletes(counts: Counts, feed: Feed, history: History) -> Iterator[Check]:
    deleted, stock, limits = counts.profile.deleted, history.stock, feed.thresholds
    if stock and stock > 0 and CHANGE_TYPE in feed.by_name:
        of = f"现有 {stock} 条中删除 {deleted} 条，"
        enough = deleted > limits.row_floor
        yield _share("E_DELETE_SHARE", "删除的记录", deleted / stock, limits.max_delete_share, of, enough)


def _vanished(counts: Counts, feed: Feed, delivery: Delivery) -> Iterator[Check]:
    is_lasting = feed.key_columns and not any(feed.by_name[k].is_month for k in feed.key_columns)
    if counts.vanished is not None and counts.previous and is_lasting and not delivery.is_page:
        limits = feed.thresholds
        enough = counts.vanished * counts.previous > limits.row_floor
        limit = limits.max_vanished_share
        yield _share("E_KEYS_VANISHED", "上次有、这次没有的主键", counts.vanished, limit, "", enough)


def _size(counts: Counts, feed: Feed, delivery: Delivery, history: History) -> Iterator[Check]:
    """The number of rows. A page is as long as pages are; a delta may change whatever stands; none is no number."""
    limits, rows = feed.thresholds, counts.rows_in
    if delivery.is_page:
        return
    normal = band([r.rows_in for r in history.alike if r.rows_in], limits, delivery.mode == "full")
    if normal is not None:
        if delivery.mode == "delta" and history.stock:
            normal = replace(normal, high=max(normal.high, history.stock))
        found = f"本次 {rows} 行，最近 {normal.count} 次的中位数 {normal.centre:.0f} 行"
        limit = f"正常为 {normal.low:.0f} 至 {normal.high:.0f} 行"
        yield Check("E_ROW_COUNT", "行数", found, limit, not normal.holds(rows))
    elif counts.previous:
        ratio = rows / counts.previous
        found = f"本次 {rows} 行，上次 {counts.previous} 行，为其 {ratio:.2f} 倍"
        limit = f"应为 {limits.min_row_ratio:g} 至 {limits.max_row_ratio:g} 倍"
        off = not limits.min_row_ratio <= ratio <= limits.max_row_ratio
        yield Check("E_ROW_COUNT", "行数", found, limit, off and abs(rows - counts.previous) > limits.row_floor)
