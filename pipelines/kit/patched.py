"""How a model says that its rows can be changed alone (`meta: patched`), in words.

Belongs here: what may be said, and what it means. Does not belong here: changing rows (kit/patching.py).

    patched:
      by: person_id
      ways:
        person_claim: person_id
        staging: record_key = person_claim.record_key
        person_identifier: id_no = self.coalesce(id_no_norm, id_no)
      once: [stg_resident_id]

`by` is a column of the model, null in none of its rows. The promise: rows of one value of `by` depend, of a parent
under `ways`, on nothing but those of its rows that lead to this value. A way is the column of the parent that holds the
value, or one that equals an expression of another table that has `by`, too: of a parent, or of the model as it stood
(`self`; of such a parent all is read), or a query of values, which may read @gone@ and @come@, the rows of the parent
that went and came (all is read, too). A schema (`staging`, `bronze`) stands for those parents in it that are not named
and, where they are patched, are so by the way's column.
`once`: parents whose rows never change, and whose new rows matter to new rows only. `days`: a query of the values of
`by` that are affected when the business date goes from @was@ to @as_of@.

Without `ways` all rows are computed and compared with those that stood. `grows`: each row comes from one row of one
parent and is there once however many say the same, so that more rows of parents only add some.

A model is made anew where a parent changed that is not named, or nobody knows in which rows.
tests/dbt/test_patches.py holds the promises against builds from nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.kit.models import Node, Source

SELF, WAS, GONE, COME = "self", "@was@", "@gone@", "@come@"


@dataclass(frozen=True)
class Way:
    """How rows of a parent lead to values of `by`: its `column` holds them, or equals `to` of the table `via`; or a
    `query`."""

    column: str = ""
    via: str = ""
    to: str = ""
    query: str = ""

    @property
    def narrows(self) -> bool:
        """Whether only those of the parent's rows are read that lead to affected values."""
        return not self.query and self.via != SELF

    @classmethod
    def read(cls, text: str) -> "Way":
        """From `column`, `column = table.expression` or a query."""
        if text.startswith(("select ", "with ")):
            return cls(query=text)
        column, _, there = text.partition(" = ")
        via, _, to = there.partition(".")
        return cls(column, via, to)


@dataclass(frozen=True)
class Patched:
    """What `meta: patched` of a model says."""

    by: str
    ways: Mapping[str, Way]
    once: frozenset[str]
    days: str
    grows: bool

    @classmethod
    def of(cls, node: Node) -> "Patched | None":
        """None where a model says nothing."""
        told = node.patched
        if not told:
            return None
        ways = {parent: Way.read(text) for parent, text in told.get("ways", {}).items()}
        return cls(
            told["by"], ways, frozenset(told.get("once", ())), told.get("days", ""), told.get("grows", False)
        )

    def way(self, parent: Node | Source) -> Way | None:
        """How a parent leads to values of `by`; None where nobody says."""
        if way := self.ways.get(parent.name):
            return way
        way = self.ways.get(parent.schema)
        is_meant = way and (isinstance(parent, Source) or parent.patched.get("by") == way.column)
        return way if is_meant else None
