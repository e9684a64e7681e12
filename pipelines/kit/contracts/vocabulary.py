"""Our own words inside a contract, and the checks ODCS cannot make for us.

Belongs here: allowed tags, classes and masks; consistency of one feed. Does not belong here: the syntax of
ODCS (the package `open-data-contract-standard` checks that).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from pipelines.kit.contracts import model
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.model import Column, Feed
from pipelines.kit.contracts.units import thing

CLASSIFICATIONS = ("L1", "L2", "L3", "L4")
MASKS = ("surname", "last2", "phone", "village", "last4", "year", "hide")
TAGS = (
    model.IDENTIFIER,
    model.MONTH,
    model.CORRECTABLE,
    "person_name",
    "birth_date",
    "sex",
    model.DIVISION,
    model.GRID,
    model.PHONE,
    "token",
    "直接标识符",
    "准标识符",
    "敏感",
)
_CODE = re.compile(r"^F\d{2,3}[A-Z]?$")
_MONTH = re.compile(r"^\d{4}(0[1-9]|1[0-2])$")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def problems(feed: Feed) -> list[str]:
    """Everything wrong with a feed's contract, in words; empty when it is sound."""
    found = [*_feed_problems(feed)]
    for column in feed.columns:
        found += [f"column {column.name}: {p}" for p in _column_problems(column)]
    return found


def is_tag(tag: str) -> bool:
    """Whether a column may bear this tag."""
    mask = tag.removeprefix(model.MASK_PREFIX)
    return tag in TAGS or (tag != mask and mask in MASKS)


def _feed_problems(feed: Feed) -> Iterator[str]:
    if not _CODE.match(feed.code):
        yield f"feedCode {feed.code!r} is not F, two or three digits and perhaps a letter"
    for what, value, allowed in (
        ("deliveryMode", feed.mode, model.MODES),
        ("format", feed.format, model.FORMATS),
        ("scope", feed.scope_kind, model.SCOPES),
        ("nilReturn", feed.nil_return, model.NIL_RETURNS),
        ("rowIdentity", feed.identity, model.IDENTITIES),
    ):
        if value not in allowed:
            yield f"{what} {value!r} is not one of {', '.join(allowed)}"
    for what, value in (("departmentSlug", feed.department), ("schema name", feed.entity)):
        if not _NAME.match(value):
            yield f"{what} {value!r} is not lower_snake_case"
    if feed.identity == model.BY_ROW:
        yield from _keyless_problems(feed)
    elif not feed.key_columns:
        yield "no primaryKey; a list without one says so: identity: row"
    if not _MONTH.match(feed.first_period):
        yield f"firstPeriod {feed.first_period!r} is no month YYYYMM"
    if feed.sheet_unit and thing(feed.sheet_unit) is None:
        yield f"unit {feed.sheet_unit!r} is no unit of pipelines/kit/contracts/units.py"
    if feed.due_days < 0:
        yield f"dueDay {feed.due_days} lies before the end of the period"
    try:
        groups = re.compile(feed.file_pattern).groupindex
    except re.error as error:
        yield f"filePattern is no regular expression: {error}"
    else:
        wanted = {"scope", "period"} | ({"kind"} if feed.mode == "full_delta" else set())
        if missing := wanted - set(groups):
            yield f"filePattern lacks the named groups {', '.join(sorted(missing))}"
    limits = feed.thresholds
    for name, value in asdict(limits).items():
        if value < 0 or (name.endswith("_share") and value > 1):
            yield f"breaker {name} {value:g} is out of range"
    if not limits.min_row_ratio <= 1 <= limits.max_row_ratio:
        yield "breakers would refuse a delivery with as many rows as the last"
    for name, count in Counter(c.name for c in feed.columns).items():
        if count > 1:
            yield f"column {name} is there {count} times"
    headings = Counter(h for c in feed.columns for h in {normal(h) for h in c.headers})
    for heading, count in headings.items():
        if count > 1:
            yield f"heading {heading} belongs to {count} columns"


def _keyless_problems(feed: Feed) -> Iterator[str]:
    if feed.key_columns:
        yield "identity row, and a primaryKey"
    if feed.mode != "full":
        yield "identity row needs deliveryMode full: without a key nobody can tell what was sent again"
    if not any(c.required for c in feed.columns):
        yield "identity row needs a required column, which tells rows from notes and totals"


def _column_problems(column: Column) -> Iterator[str]:
    if not _NAME.match(column.name):
        yield "name is not lower_snake_case"
    if not column.label.strip():
        yield "no businessName"
    if column.type not in model.TYPES:
        yield f"type {column.type!r} is not one of {', '.join(model.TYPES)}"
    if column.classification not in CLASSIFICATIONS:
        yield f"classification {column.classification!r} is not one of {', '.join(CLASSIFICATIONS)}"
    for tag in column.tags:
        if not is_tag(tag):
            yield f"unknown tag {tag!r}"
    if (column.is_identifier or column.is_month) and column.type != "string":
        yield "an identifier or month is a string"
    if "直接标识符" in column.tags and column.mask is None and "token" not in column.tags:
        yield "a 直接标识符 needs a mask:* or token tag"
    if column.has_indent and (column.type != "string" or column.is_identifier):
        yield "indent belongs to a column of words"
    if not column.is_month and (column.months_before is not None or column.ahead != model.AHEAD_TOLD):
        yield "monthsBefore and ahead belong to a month"
    if column.ahead not in model.AHEAD:
        yield f"ahead {column.ahead!r} is not one of {', '.join(model.AHEAD)}"
    if (column.months_before or 0) < 0:
        yield f"monthsBefore {column.months_before} lies after the period"
    if stray := {code for code, _ in column.code_labels} - set(column.code_list):
        yield f"codeLabels for values outside the code list: {', '.join(sorted(stray))}"
