"""From the feeds of a turn to the departments' files.

Belongs here: which file holds which rows, and writing them. Does not belong here: errors, except how a whole
delivery is spoilt (`FilePlan.spoil`), which defects/deliveries.py asks for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.prefecture.months import Turn
from pipelines.prefecture.output import layouts
from pipelines.prefecture.output.workbook import DATE_SUFFIX, Heading, write_workbook

CITY = "370600"
MARK = "_quarantine"
_BY_COUNTY = ("F08", "F10", "F31")
_FOOTNOTES = {
    "F04": "注：本表由各级医疗机构死因登记系统汇总，死亡日期以医学证明为准。",
    "F08": "注：发放金额单位为元，由县级民政部门审核。",
    "F10": "注：津贴标准按所在县（市、区）文件执行。",
    "F31": "填表人：各村（社区）网格员",
}


@dataclass(frozen=True)
class FilePlan:
    """One file to be written. `labels`: frame column -> heading (csv) or headings (xlsx); `spoil` damages the
    written bytes."""

    feed: str
    name: str
    frame: pl.DataFrame
    labels: dict[str, str] | Sequence[Heading]
    title: str = ""
    encoding: str | None = None
    spoil: Callable[[bytes], bytes] | None = None

    @property
    def first_row(self) -> int:
        """1-based row of the first line of data."""
        if isinstance(self.labels, dict):
            return 2
        return 4 if any(h.group for h in self.labels) else 3

    def marked_rows(self) -> pl.DataFrame:
        """feed, file, row, code of the rows planted for quarantine."""
        if MARK not in self.frame.columns:
            return pl.DataFrame(
                schema={"feed": pl.String, "file": pl.String, "row": pl.Int64, "code": pl.String}
            )
        rows = self.frame.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + self.first_row).alias("row"))
        return rows.filter(pl.col(MARK).is_not_null()).select(
            pl.lit(self.feed).alias("feed"),
            pl.lit(self.name).alias("file"),
            "row",
            pl.col(MARK).alias("code"),
        )

    def write(self, drop: Path) -> None:
        """Write the file to `drop/{feed}/`."""
        folder = drop / self.feed
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.name
        if isinstance(self.labels, dict):
            path.write_bytes(self._csv(self.labels))
        else:
            write_workbook(
                path, layouts.TITLES[self.feed], self.title, self.labels, self.frame, self._tail(self.labels)
            )
        if self.spoil:
            path.write_bytes(self.spoil(path.read_bytes()))

    def _csv(self, labels: dict[str, str]) -> bytes:
        frame = self.frame.select(pl.col(name).alias(label) for name, label in labels.items())
        date_format = "%Y%m%d" if self.feed in layouts.COMPACT_DATES else "%Y-%m-%d"
        text = frame.write_csv(date_format=date_format, line_terminator="\r\n")
        return text.encode(self.encoding or layouts.ENCODINGS[self.feed])

    def _tail(self, headings: Sequence[Heading]) -> list[list[str | float]]:
        tail: list[list[str | float]] = []
        names = [h.name for h in headings]
        if "amount" in names:
            total = round(float(self.frame["amount"].sum()), 2)
            tail.append(["合计", *(total if name == "amount" else "" for name in names[1:])])
        elif self.feed == "F04":
            tail.append(["合计", f"{self.frame.height}人"])
        return [*tail, [_FOOTNOTES[self.feed]]] if self.feed in _FOOTNOTES else tail


def plan_files(
    feeds: dict[tuple[str, int], pl.DataFrame], turn: Turn, county_names: dict[str, str]
) -> Iterator[FilePlan]:
    """Plans of all files of a turn, before any delivery is spoilt; F01 and F14 of turn 2 are deltas."""
    kinds = {
        "F01": "_全量" if turn.number == 1 else "_增量",
        "F14": "_全量" if turn.number == 1 else "_增量",
        "F11": "_全量",
        "F17": "_全量",
        "F20": "_全量",
        "F31": "_全量",
        "F36": "_全量",
    }
    for feed in layouts.TITLES:
        frame, kind = feeds[feed, turn.number], kinds.get(feed, "")
        if feed in _BY_COUNTY:
            yield from _county_plans(feed, frame, turn, kind, county_names)
        else:
            yield _city_plan(feed, frame, turn, kind)


def _county_plans(
    feed: str, frame: pl.DataFrame, turn: Turn, kind: str, county_names: dict[str, str]
) -> Iterator[FilePlan]:
    """One file a county, of payments one a county and month; none where there is nothing to report."""
    frame = frame.with_columns(pl.lit(turn.month).alias("pay_month")) if feed == "F31" else frame
    months = frame["pay_month"].unique().sort()
    title = layouts.TITLES[feed]
    for county, county_name in county_names.items():
        labels = {"F08": layouts.social_assistance(county), "F10": layouts.F10, "F31": layouts.F31}[feed]
        for month in months:
            rows = frame.filter((pl.col("_county") == county) & (pl.col("pay_month") == month))
            if rows.height:
                name = f"{feed}_{title}_{county}_{month.replace('-', '')}{kind}.xlsx"
                heading = f"{county_name}{month[:4]}年{int(month[5:])}月{title}明细表"
                yield FilePlan(feed, name, rows, labels, heading)


def _city_plan(feed: str, frame: pl.DataFrame, turn: Turn, kind: str) -> FilePlan:
    stem = f"{feed}_{layouts.TITLES[feed]}_{CITY}_{turn.period}{kind}"
    if feed in layouts.CSV:
        known = layouts.CSV[feed]
        if feed in ("F01", "F14"):
            frame = (
                frame
                if "change_type" in frame.columns
                else frame.with_columns(pl.lit(None, pl.String).alias("change_type"))
            )
        return FilePlan(feed, f"{stem}.csv", frame, known)
    title = {
        "F04": f"烟台市{turn.as_of:%Y年}{turn.as_of.month}月死亡医学证明登记汇总表",
        "F36": "烟台市行政区划与网格代码表",
    }[feed]
    labels = {"F04": layouts.F04, "F36": layouts.F36}[feed]
    frame = _with_written_dates(frame) if feed == "F04" else frame
    return FilePlan(feed, f"{stem}.xlsx", frame, labels, title)


def _with_written_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates of death as clerks write them, in five forms of text and as real dates."""
    day = pl.col("death_date")
    year, month, of_month = (part.cast(pl.String) for part in (day.dt.year(), day.dt.month(), day.dt.day()))
    form = pl.int_range(pl.len()) % 6
    written = (
        pl.when(form == 0)
        .then(day.dt.strftime("%Y-%m-%d"))
        .when(form == 1)
        .then(pl.concat_str(year, month, of_month, separator="."))
        .when(form == 2)
        .then(pl.concat_str(year, month, of_month, separator="/"))
        .when(form == 3)
        .then(pl.concat_str(year, pl.lit("年"), month, pl.lit("月"), of_month, pl.lit("日")))
        .otherwise(day.dt.strftime("%Y%m%d"))
    )
    return frame.with_columns(
        written.alias("death_date"), pl.when(form == 5).then(day).alias("death_date" + DATE_SUFFIX)
    )
