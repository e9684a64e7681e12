"""A feed of a few records, delivered by writing bronze itself, and a naive judge of what must stand.

Belongs here: made-up deliveries and the judge, which shares no code with what it judges. Does not belong here: cases.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.bronze.store import empty_bronze
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.history import DeliveryHistory, reconcile, update_history
from pipelines.ingest.values.schema import rows_schema
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.contracts.model import Column
from pipelines.kit.keys import key_expr, record_key
from pipelines.kit.paths import Paths

DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 1, 1)
_COLUMNS = (
    Column("no", "编号", required=True, key=True), Column("name", "姓名", tags=("person_name", "mask:surname")),
    Column("born", "出生", tags=("birth_date", "mask:year")), Column("place", "地址"),
    Column("change_type", "变动类型"),
)  # fmt: skip
FEED = replace(load_contracts()["F01"], columns=_COLUMNS, key_columns=("no",))
_KINDS = {"full": "_全量", "delta": "_增量", "append": ""}
# A row: (key, name, place), or (key, None, None) for one that deletes.
Row = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Said:
    """One file that was delivered."""

    seq: int
    scope: str
    period: str
    mode: str
    page: int | None
    rows: tuple[Row, ...]
    is_refused: bool = False

    @property
    def delivery_id(self) -> str:
        return f"d{self.seq:04d}"

    @property
    def on(self) -> date:
        return DAY + timedelta(days=self.seq)


def key(no: str) -> str:
    return record_key("F01", no)


def put(paths: Paths, said: Said) -> None:
    """Write a delivery into bronze, as ingestion would."""
    empty_bronze(paths, FEED)
    rows = () if said.is_refused else said.rows
    data = [
        {"no": no, "name": name, "born": "1990", "place": place, "change_type": None if name else "删除"}
        for no, name, place in rows
    ]
    suffix = f"_p{said.page:04d}.json" if said.page else ".csv"
    name = f"F01_户籍人口_{said.scope}_{said.period}{_KINDS[said.mode]}{suffix}"
    schema = rows_schema(FEED)
    frame = pl.DataFrame(data, schema={c.name: pl.String for c in _COLUMNS}).with_columns(
        _feed=pl.lit("F01"), _delivery_id=pl.lit(said.delivery_id), _delivery_seq=pl.lit(said.seq),
        _delivered_on=pl.lit(said.on), _mode=pl.lit(said.mode), _scope=pl.lit(said.scope), _file=pl.lit(name),
        _sheet=pl.lit(None, pl.String), _row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64),
        _record_key=key_expr("F01", ["no"]),
    )  # fmt: skip
    frame = frame.with_columns(_source_ref=pl.format("F01/{}/{}", "_delivery_id", "_row")).select(schema.names())
    folder = paths.bronze / "F01" / said.delivery_id
    folder.mkdir(parents=True)
    frame.cast(dict(schema)).write_parquet(folder / "rows.parquet")
    result = DeliveryResult(
        feed="F01", delivery_id=said.delivery_id, delivery_seq=said.seq, delivered_on=said.on.isoformat(),
        file_name=name, sha256=said.delivery_id, size=1, scope=said.scope, period=said.period, mode=said.mode,
        kind="data", status="quarantined" if said.is_refused else "accepted", breaker_code=None,
        breaker_message=None, rows_in=len(said.rows), rows_bronze=len(rows),
        rows_quarantined=len(said.rows) - len(rows), row_count_ratio=None, duplicate_ratio=None, extra_columns=(),
        notices=(),
    )  # fmt: skip
    (folder / "delivery.json").write_text(json.dumps(result.record()), encoding="utf-8")


def decide(paths: Paths, number: int, said: Said, decision: str, on: date) -> None:
    """A withdrawal (or its end), as a turn of that day has taken it in."""
    folder = paths.decisions / "withdrawals" / on.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    lines = {
        "feed": "F01", "delivery_id": said.delivery_id, "decision": decision, "reason": "误报", "by": "张主任",
        "on": on.isoformat(),
    }  # fmt: skip
    text = "- " + "\n  ".join(f"{k}: {v}" for k, v in lines.items()) + "\n"
    (folder / f"{number:04d}.yaml").write_text(text, encoding="utf-8")


def told(paths: Paths, on: date = LAST_DAY, feed: Feed = FEED) -> list[DeliveryHistory]:
    """The history brought up to a day; that it agrees with bronze is checked for every test."""
    standings = known_deliveries(paths, feed, on)
    histories = update_history(paths, feed, standings)
    by_history, by_bronze = reconcile(paths, feed, standings, histories)
    assert by_history == by_bronze
    return histories


# ---- the judge ----------------------------------------------------------------------------------------------------

Standing = Mapping[str, Mapping[str, tuple[str, str, str]]]


def judge(files: Sequence[Said], withdrawn: Mapping[str, date]) -> tuple[Standing, list[tuple]]:
    """What stands by scope: key -> (name, place, source reference); and every change in order of scope and place:
    (scope, delivery, key, kind, source reference or None)."""
    standing: dict[str, dict] = {}
    events: list[tuple] = []
    for pages in sorted(_winners(files, withdrawn), key=lambda w: (w[0].scope, w[0].period, _place(files, w[0]))):
        head = pages[0]
        stands = standing.setdefault(head.scope, {})
        gone = {e[2] for e in events if e[0] == head.scope and e[3] == "deleted"}
        rows = {r[0]: (r, f"F01/{p.delivery_id}/{n}") for p in pages for n, r in enumerate(p.rows, start=2)}
        for no, ((_, name, place), ref) in rows.items():
            if name is None:
                if stands.pop(no, None):
                    events.append((head.scope, head.delivery_id, no, "deleted", ref))
            elif no not in stands:
                events.append((head.scope, head.delivery_id, no, "returned" if no in gone else "new", ref))
            elif stands[no][:2] != (name, place):
                events.append((head.scope, head.delivery_id, no, "changed", ref))
            if name is not None:
                stands[no] = (name, place, ref)
        if head.mode == "full":
            for no in set(stands) - set(rows):
                del stands[no]
                events.append((head.scope, head.delivery_id, no, "deleted", None))
    return standing, events


def _winners(files: Sequence[Said], withdrawn: Mapping[str, date]) -> list[list[Said]]:
    """For every scope, period and mode the pages that speak, in order of page."""
    found = []
    for about in {_about(f) for f in files}:
        told: list[list[Said]] = []
        for pages in _whole(files, about, lambda f: not f.is_refused and f.delivery_id in withdrawn):
            told.append(pages)
        winner = None
        for pages in _whole(files, about, lambda f: not f.is_refused and f.delivery_id not in withdrawn):
            if any(_is_echo(pages, earlier, withdrawn) for earlier in told):
                continue
            told.append(pages)
            winner = pages
        found += [winner] if winner else []
    return found


def _is_echo(pages: list[Said], earlier: list[Said], withdrawn: Mapping[str, date]) -> bool:
    gone_on = withdrawn.get(earlier[0].delivery_id)
    came = pages[0]
    return (
        earlier[0].seq < came.seq
        and (gone_on is None or came.on < gone_on)
        and sorted(map(str, (r for p in pages for r in p.rows)))
        == sorted(map(str, (r for p in earlier for r in p.rows)))
    )


def _whole(files: Sequence[Said], about: tuple, is_usable) -> list[list[Said]]:
    groups: list[dict] = []
    for file in sorted((f for f in files if _about(f) == about), key=lambda f: f.seq):
        if file.page is None:
            groups.append({None: file})
            continue
        if not groups or None in groups[-1] or (file.page in groups[-1] and is_usable(groups[-1][file.page])):
            groups.append({})
        groups[-1][file.page] = file
    return [
        [g[p] for p in sorted(g, key=lambda p: p or 0)]
        for g in groups
        if all(map(is_usable, g.values())) and (None in g or set(g) == set(range(1, max(g) + 1)))
    ]


def _about(file: Said) -> tuple:
    return file.scope, file.period, file.mode


def _place(files: Sequence[Said], file: Said) -> int:
    return min(f.seq for f in files if _about(f) == _about(file))
