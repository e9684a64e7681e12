"""An ODCS document, and what we add to ODCS: custom properties of a feed and of a column.

Belongs here: their shapes, unknown keys refused at every depth. Does not belong here: what follows from them (load.py).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, TypeVar

from open_data_contract_standard.model import CustomProperty, OpenDataContractStandard
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from pipelines.kit.contracts.model import AHEAD_TOLD, BY_KEY, NIL_NEVER, Feed, Source
from pipelines.kit.house_files import HouseFileError, Text, parsed, typed

P = TypeVar("P", bound=BaseModel)


class Properties(BaseModel):
    """In a document the names are camelCase."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class FeedProperties(Properties):
    """What a contract says of its feed beside ODCS; see `pipelines.kit.contracts.model.Feed`."""

    feed_code: str
    department_slug: str
    department_name: Text
    delivery_mode: str
    scope: str
    file_pattern: str
    header_rows: int = Field(default=1, ge=0)
    sheet_unit: str | None = None
    bare_keys: bool = False
    first_period: str | int = Feed.first_period
    nil_return: str = NIL_NEVER
    missing_signs: tuple[Text, ...] = ()
    success_codes: tuple[Text, ...] = ()
    record_path: Text | None = None
    return_mode: Literal["rows", "query"] = "rows"
    row_identity: str = BY_KEY
    breakers: dict[str, float] = {}
    sources: tuple[Source, ...] = ()


class ColumnProperties(Properties):
    """What a contract says of a column beside ODCS; see `pipelines.kit.contracts.model.Column`."""

    element: str = ""
    aliases: tuple[Text, ...] = ()
    standard: str | None = None
    code_labels: dict[str, str] = {}
    unit: str | None = None
    source_department: str = ""
    sharing_attribute: str = ""
    indent: bool = False
    months_before: int | None = None
    ahead: str = AHEAD_TOLD


class Options(Properties):
    """`logicalTypeOptions` we know."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


class Codes(Properties):
    """`arguments` of the quality check that bounds a column."""

    valid_values: tuple[str | int, ...]


def read_document(text: str, name: str) -> OpenDataContractStandard:
    """The ODCS document of a text. Raises HouseFileError."""
    said = parsed(text, name)
    document = typed(OpenDataContractStandard, said, name)
    if odd := list(_strays(said, document, "")):
        raise HouseFileError(f"{name}: {', '.join(odd)}: no key of ODCS 3.1; correct it, or make it a customProperty")
    return document


def _strays(said: Any, read: Any, path: str) -> Iterator[str]:
    """Keys deeper in a document that its model passes over."""
    if isinstance(read, BaseModel):
        fields = _fields(type(read))
        for key, value in said.items():
            if key not in fields:
                yield path + key
            elif isinstance(value, dict | list):
                yield from _strays(value, getattr(read, fields[key]), f"{path}{key}.")
    elif isinstance(read, list):
        for i, (value, item) in enumerate(zip(said, read, strict=True)):
            yield from _strays(value, item, f"{path}{i}.")


@cache
def _fields(kind: type[BaseModel]) -> dict[str, str]:
    """Key in a document -> attribute."""
    return {field.alias or name: name for name, field in kind.model_fields.items()}


def custom(kind: type[P], items: list[CustomProperty] | None, name: str) -> P:
    """Custom properties as what they say. Raises HouseFileError."""
    said = {p.property or "": p.value for p in items or ()}
    if len(said) < len(items or ()):
        raise HouseFileError(f"{name}: customProperties: a property stands there twice; keep one")
    return typed(kind, said, f"{name}: customProperties")
