"""Tags: what a subject is called for a time, told in `expectations/tags/<code>.yaml`; the model and the list of kinds
that are written from it.

Belongs here: the shape of a tag and its SQL. Does not belong here: what its condition may ask (conditions.py), whether
the tables bear it (tag_checks.py), what is made of tags.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from sqlglot import exp

from pipelines.generate.conditions import columns, condition
from pipelines.generate.selects import DAY, TEXT, Select
from pipelines.generate.staging import HEAD, model_yml
from pipelines.kit.contracts.subjects import Strict, Word
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS
from pipelines.kit.house_files import HouseFileError, Name, Text, each, read

TAGS = Path("expectations/tags")
SEED = Path("dbt_project/seeds/tag_kind.csv")
MODEL = Path("dbt_project/models/unified/tag/tag.sql")
_TITLE = (
    "One row per tag and the record that bears it out. 标签：对象在一段时间里的身份或状态，附依据；"
    "标签的定义在 expectations/tags，由 make generate 生成。"
)

_UNTIL = "Last day it holds; null where nothing says when it ends. 截止日期（含当日）"


_DEAD = "dead as (select person_id from {{ ref('person') }} where not is_alive)"


class Expiry(Strict):
    """When a tag ends: after the `month` of a list that comes anew, of which the latest of a feed and county stands; or
    on a `day` the record tells."""

    month: Name | None = None
    day: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> "Expiry":
        if bool(self.month) == bool(self.day):
            raise ValueError("name either the column of the month or that of the day")
        return self


class Tag(Strict):
    """A tag (`code` is the name of its file) by its Chinese `title`, its `owner` and its class.

    The rows of a `table` of the lake `where` a condition holds bear it out: a unified one, which has the subject's
    key, or the staging of a feed whose rows name one person. Without `expires` it stands as long as the table says so.
    `detail`: columns whose words it shows, each with the code list it is looked up in, '' where it is in words.
    `returned`: townships get it among their special groups. `of_living`: it says how somebody lives, so of the dead
    nothing, whatever a register that has not heard says.
    """

    code: Name
    title: Word
    owner: Text
    classification: Literal[*CLASSIFICATIONS]
    subject: Literal["person", "household", "dwelling", "enterprise", "place"]
    table: str = Field(pattern=r"^(unified|staging)\.[a-z][a-z0-9_]*$")
    where: Text
    expires: Expiry | None = None
    detail: dict[Name, Name | Literal[""]] = {}
    returned: bool = False
    of_living: bool = False

    @model_validator(mode="after")
    def _sound(self) -> "Tag":
        self.condition()
        if self.is_staged and self.subject != "person":
            raise ValueError("rows of a feed name persons; take a unified table")
        if self.of_living and (self.subject != "person" or self.is_staged):
            raise ValueError("only rows of a unified table about persons can be told to be of_living")
        return self

    @property
    def is_staged(self) -> bool:
        """Whether the rows are those of a feed, whose persons are known by their claims."""
        return self.table.startswith("staging.")

    def condition(self) -> exp.Expression:
        """The condition as a tree. Raises ValueError where it is none."""
        return condition(self.where)

    @property
    def asked(self) -> list[str]:
        """The columns of the condition."""
        return columns(self.condition())

    @property
    def ends(self) -> dict[str, str]:
        """The column that says when it ends, by whether that is a `month` or a `day`."""
        return self.expires.model_dump(exclude_none=True) if self.expires else {}

    @property
    def rows(self) -> str:
        """The table's name without its schema."""
        return self.table.partition(".")[2]

    @property
    def needed(self) -> list[str]:
        """Every column the table must have."""
        lists = ["feed", "county_code"] if self.expires and self.expires.month else []
        subject = "record_key" if self.is_staged else f"{self.subject}_id"
        told = [*self.asked, *self.detail, *self.ends.values()]
        return [*dict.fromkeys([subject, "township_code", "source_ref", *told, *lists])]


def load_tags(folder: Path) -> list[Tag]:
    """Every tag of a folder, by code. Raises HouseFileError."""
    tags = each(sorted(folder.glob("*.yaml")), load_tag)
    if not tags:
        raise HouseFileError(f"{TAGS}: there is no tag; models read them, so there must be one")
    return tags


def load_tag(file: Path) -> Tag:
    """One tag. Raises HouseFileError."""
    return read(Tag, file, code=file.stem)


def files(tags: Sequence[Tag]) -> dict[Path, str]:
    """The model, its description and the seed of the tags."""
    tables = sorted({tag.rows for tag in tags})  # each read once, however many tags ask it
    named = "".join(f"{table} as (select * from {{{{ ref('{table}') }}}}),\n" for table in tables)
    selects = "union all\n".join(str(_select(tag)) for tag in tags)
    sql = f"-- {HEAD.format('').replace('feeds', 'tags')}\nwith {named}{_DEAD}\n\n{selects}"
    texts = {name: f'{{{{ doc("{name}") }}}}' for name in _select(tags[0]).columns} | {"valid_to": _UNTIL}
    return {MODEL: sql, MODEL.with_suffix(".yml"): model_yml("tag", _TITLE, [*texts.items()]), SEED: _kinds(tags)}


def _kinds(tags: Iterable[Tag]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["tag_code", "tag_name", "subject_kind", "owner", "classification", "is_returned"])
    rows.writerows([t.code, t.title, t.subject, t.owner, t.classification, str(t.returned).lower()] for t in tags)
    return text.getvalue()


def _select(tag: Tag) -> Select:
    expires = tag.expires or Expiry.model_construct(month=None, day=None)
    month = f"try_cast(marked.{expires.month} || '-01' as date)"
    until = f"try_cast(marked.{expires.day} as date)" if expires.day else DAY
    labels = {column: f"label_{i}" for i, column in enumerate(tag.detail, 1) if tag.detail[column]}
    words = [f"{labels[c]}.label" if c in labels else f"cast(marked.{c} as string)" for c in tag.detail]
    columns = {
        "subject_kind": "kind.subject_kind",
        "subject_id": "claim.person_id" if tag.is_staged else f"marked.{tag.subject}_id",
        "tag_code": "kind.tag_code",
        "tag_name": "kind.tag_name",
        "valid_from": month if expires.month else DAY,
        "valid_to": f'{{{{ last_day_of_month("{month}") }}}}' if expires.month else until,
        "detail": " || ".join(words) or TEXT,
        "township_code": "marked.township_code",
        "source_ref": "marked.source_ref",
    }
    return Select(columns, "\n".join(_joins(tag, expires, labels)))


def _joins(tag: Tag, expires: Expiry, labels: Mapping[str, str]) -> Iterator[str]:
    alive = "coalesce(person_id, '') not in (select person_id from dead)"
    where = f"({tag.where}) and {alive}" if tag.of_living else tag.where
    yield f"(select * from {tag.rows} where {where}) as marked"
    yield f"inner join {{{{ ref('tag_kind') }}}} as kind on kind.tag_code = '{tag.code}'"
    if expires.month:
        latest = f"select feed, county_code, max({expires.month}) as month from {tag.rows} group by feed, county_code"
        yield f"inner join ({latest}) as latest"
        yield "    on latest.feed = marked.feed and latest.county_code = marked.county_code"
        yield f"    and latest.month = marked.{expires.month}"
    if tag.is_staged:
        yield "left join {{ ref('person_claim') }} as claim on claim.claim_id = marked.record_key"
    for column, label in labels.items():
        yield f"left join {{{{ ref('code_label') }}}} as {label}"
        yield f"    on {label}.code_list = '{tag.detail[column]}' and {label}.code = marked.{column}"
