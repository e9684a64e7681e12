"""R43: emergency goods that are short or expired, and responsible persons who have died.

R43 finds goods (record key of F24, `record_type` 物资) whose `quantity` is below `minimum_quantity`, or whose
`expiry_date` lies before the business date. And persons (key: "responsible_person", feed, `id_no`) named in the last
list of F24 or F27 who, by a 死亡注销 of F03 or F01, had died on or before the business date of that list.

Belongs here: planting it. Does not belong here: who is responsible in truth (world/responsible.py).
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import Wave, entity_keys, record_keys, waves
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Span, Stage, only
from prefecture.world.responsible import can_answer, responsible_columns

_NAMES = {"F24": "person_name", "F27": "responsible_name"}
_KEYS = {"F24": "record_no", "F27": "point_no"}
_QUARTERLY = (Wave(0, 4, 1, 0.25, 3), Wave(3, 2, 1), Wave(6, 1, 0, 1 / 3, 9), Wave(12, 2, 0, 1 / 3, 15), Wave(18, 2, 0))


def plant_responsible(stage: Stage) -> None:
    """Plant R43: 6 short, 6 expired in the stock of the 1 % prefecture, 2 each in the second month, 5 each later;
    5 dead keepers, 2 and 5 (F24), 4 dead responsible persons and 7 in later quarters (F27)."""
    _replace_busy(stage)
    goods = stage.world.emergency_stock.filter(pl.col("record_type") == "物资")
    goods = goods[stage.rng("goods").permutation(goods.height)]
    goods = _short_and_expired(stage, goods)
    _stocked_rightly(stage, goods)
    posts = {feed: _posts(stage, feed) for feed in _NAMES}
    for feed in ("F24", "F27"):
        posts[feed] = _dead(stage, feed, posts[feed])
    _alive(stage, posts)


def _replace_busy(stage: Stage) -> None:
    """Whoever has another part to play answers for nothing; those who do have no other part."""
    people = stage.people.filter(stage.among(stage.world.responsible["pid"]))
    busy = people.filter(~pl.Series(stage.free).gather(people["household"]))
    stage.settle(people)
    others = responsible_columns(stage.take(can_answer(), busy.height))
    for feed in _NAMES:
        rows = _rows(stage, feed)
        number = {pid: i for i, pid in enumerate(busy["pid"].head(others.height))}
        wanted = rows.filter(pl.col("_pid").is_in(list(number)))
        new = others[wanted["_pid"].replace_strict(number, return_dtype=pl.Int64).to_list()]
        _name(stage, feed, ALWAYS, wanted.select(_KEYS[feed]), new)


def _rows(stage: Stage, feed: str) -> pl.DataFrame:
    return stage.world.emergency_stock if feed == "F24" else stage.world.risk_points


def _posts(stage: Stage, feed: str) -> pl.DataFrame:
    """Stores, members of teams, or points, in random order: `post`, `_pid`, `_township`."""
    rows = _rows(stage, feed)
    post = "store_no" if feed == "F24" else "point_no"
    posts = rows.select(pl.col(post).alias("post"), "_pid", "_township").unique(["post", "_pid"], maintain_order=True)
    return posts[stage.rng(f"posts {feed}").permutation(posts.height)]


def _name(stage: Stage, feed: str, span: Span, rows: pl.DataFrame, people: pl.DataFrame) -> None:
    """Write the people (responsible_columns) into the rows, row by row."""
    who = people.select(pl.col("name").alias(_NAMES[feed]), "id_no", "phone", pl.col("pid").alias("_pid"))
    stage.edit(feed, span, pl.concat([rows, who], how="horizontal"), (_KEYS[feed],))


def _put(stage: Stage, feed: str, span: Span, posts: pl.DataFrame, people: pl.DataFrame) -> None:
    """Put the people on the posts: into all rows of a post."""
    rows = _rows(stage, feed).with_columns(pl.col("store_no" if feed == "F24" else "point_no").alias("post"))
    numbered = posts.with_row_index("turn").select("post", "_pid", "turn")
    rows = rows.join(numbered, on=["post", "_pid"], maintain_order="left")
    _name(stage, feed, span, rows.select(_KEYS[feed]), people[rows["turn"].to_list()])


def _short_and_expired(stage: Stage, goods: pl.DataFrame) -> pl.DataFrame:
    """Plant these; returns the goods that are left."""
    for wave in waves(6, 2, later=1, fixed=0.3):
        few = goods.head(wave.count(stage))
        goods = goods.slice(few.height)
        table = few.select("record_no", (pl.col("minimum") * 0.4).floor().alias("quantity"))
        _goods_wave(stage, wave, few, table, "库存低于最低储备量")
    for wave in waves(6, 2, later=1, fixed=0.3):
        perishable = goods.filter(pl.col("shelf_days").is_not_null())
        old = perishable.head(wave.count(stage))
        goods = goods.join(old, on="record_no", how="anti", maintain_order="left")
        end = wave.month.start - timedelta(days=20)
        _goods_wave(stage, wave, old, old.select("record_no", pl.lit(end).alias("expiry_date")), "物资已过有效期")
    return goods


def _goods_wave(stage: Stage, wave: Wave, rows: pl.DataFrame, table: pl.DataFrame, what: str) -> None:
    fixed = wave.fixed_of(rows.height)
    stage.edit("F24", Span(wave.since), table.slice(fixed), ("record_no",))
    stage.edit("F24", Span(wave.since, wave.until), table.head(fixed), ("record_no",))
    who, untils = rows.select(pl.col("_township").alias("township")), wave.untils(rows.height)
    stage.register.defect("R43", "F24", record_keys("F24", rows), what, who, wave.since, untils)


def _stocked_rightly(stage: Stage, goods: pl.DataFrame) -> None:
    soon = goods.filter(pl.col("shelf_days").is_not_null()).head(stage.count(4, 2))
    for month in (0, 1):
        end = MONTHS[month + 1].start + timedelta(days=14)
        stage.edit("F24", only(month), soon.select("record_no", pl.lit(end).alias("expiry_date")), ("record_no",))
    full = goods.join(soon, on="record_no", how="anti", maintain_order="left").head(stage.count(4, 2))
    stage.edit("F24", ALWAYS, full.select("record_no", pl.col("minimum").alias("quantity")), ("record_no",))
    for rows, what in ((soon, "下月到期"), (full, "恰为最低储备量")):
        who = rows.select(pl.col("_township").alias("township"))
        stage.register.hard_negative("R43", "F24", record_keys("F24", rows), what, who)


def _died(since: date, until: date) -> pl.Expr:
    return (
        pl.col("death_date").is_between(since, until)
        & pl.col("age").is_between(26, 74)
        & ~pl.col("is_collective")
        & ~pl.col("has_old_code")
        & pl.col("namesake").is_null()
    )


def _person_keys(feed: str, people: pl.DataFrame) -> pl.Series:
    return entity_keys("responsible_person", people, pl.lit(feed), "id_no")


def _dead(stage: Stage, feed: str, posts: pl.DataFrame) -> pl.DataFrame:
    """People die and stay in the list; returns the posts that are left."""
    monthly = waves(5, 2, later=1, fixed=0.3)
    for wave in monthly if feed == "F24" else _QUARTERLY:
        last = MONTHS[max(0, wave.since - (0 if feed == "F24" else 2))].start
        when = _died(date(2023, 2, 1), date(2023, 12, 31)) if wave.since == 0 else _died(last, wave.month.as_of)
        people = responsible_columns(stage.take(when, min(wave.count(stage), posts.height)))
        mine, posts = posts.head(people.height), posts.slice(people.height)
        fixed = wave.fixed_of(people.height)
        _put(stage, feed, Span(0, wave.until), mine.head(fixed), people.head(fixed))
        _put(stage, feed, ALWAYS, mine.slice(fixed), people.slice(fixed))
        who = people.select("pid", mine["_township"].alias("township"))
        untils = wave.untils(people.height)
        stage.register.defect("R43", feed, _person_keys(feed, people), "责任人已死亡", who, wave.since, untils)
    return posts


def _alive(stage: Stage, posts: dict[str, pl.DataFrame]) -> None:
    """Namesakes of dead people, and people who died after the list that named them and were replaced in the next."""
    gone = stage.people.filter(_died(date(2023, 2, 1), FIRST.as_of))["name"].unique()
    namesakes = responsible_columns(stage.take(can_answer() & pl.col("name").is_in(gone.implode()), stage.count(4, 1)))
    died = stage.take(_died(MONTHS[1].start, MONTHS[2].as_of), stage.count(4, 1))
    cases = (
        ("F24", ALWAYS, namesakes, "与死者同名"),
        ("F27", only(0), responsible_columns(died), "责任人去世，同季度已更换"),
    )
    for feed, span, people, what in cases:
        mine = posts[feed].head(people.height)
        people = people.head(mine.height)
        _put(stage, feed, span, mine, people)
        who = people.select("pid", mine["_township"].alias("township"))
        stage.register.hard_negative("R43", feed, _person_keys(feed, people), what, who)
