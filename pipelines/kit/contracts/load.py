"""Reading contracts: ODCS v3 YAML in, `Feed` out.

Belongs here: where each fact of a feed stands in an ODCS document. Does not belong here: what follows from
it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from open_data_contract_standard.model import (
    OpenDataContractStandard,
    SchemaProperty,
    ServiceLevelAgreementProperty,
)

from pipelines.kit.contracts.documents import Codes, ColumnProperties, FeedProperties, Options, custom, read_document
from pipelines.kit.contracts.model import Column, Feed, Thresholds
from pipelines.kit.contracts.vocabulary import problems
from pipelines.kit.house_files import HouseFileError, each, name_of, text_of, typed
from pipelines.kit.paths import PROJECT_ROOT

T = TypeVar("T")

CONTRACTS = PROJECT_ROOT / "expectations" / "contracts"
_TYPES = {
    "string": "string",
    "date": "date",
    "timestamp": "timestamp",
    "integer": "integer",
    "number": "decimal",
    "object": "geometry",
}
_UNIT_DAYS = {"d": 1, "w": 7, "m": 31, "q": 92, "y": 366}
_UNIT_MONTHS = {"m": 1, "q": 3, "y": 12}
_UNITS = {"d": "天", "w": "周", "m": "个月", "q": "季度", "y": "年"}
THRESHOLDS = {
    "minRowRatio": "min_row_ratio",
    "maxRowRatio": "max_row_ratio",
    "maxDuplicateShare": "max_duplicate_share",
    "maxQuarantineShare": "max_quarantine_share",
    "maxDeleteShare": "max_delete_share",
    "maxVanishedShare": "max_vanished_share",
    "maxRenamedShare": "max_renamed_share",
    "maxInvalidIdShare": "max_invalid_id_share",
    "rowTolerance": "row_tolerance",
    "rowMads": "row_mads",
    "rowFloor": "row_floor",
}


def load_contracts(folder: Path = CONTRACTS) -> dict[str, Feed]:
    """All feeds of a folder of `<department>/<entity>.odcs.yaml`, by feed code in order.

    Raises HouseFileError for a document that is no ODCS, breaks our vocabulary, or repeats a code or table. Our own
    contracts are read once a process.
    """
    return dict(_ours()) if folder == CONTRACTS else _below(folder)


@cache
def _ours() -> dict[str, Feed]:
    return _below(CONTRACTS)


def _below(folder: Path) -> dict[str, Feed]:
    return distinct(each(sorted(Path(folder).rglob("*.odcs.yaml")), load_contract))


def distinct(feeds: Iterable[Feed]) -> dict[str, Feed]:
    """Feeds by code in order. Raises HouseFileError when two share a code or a table."""
    known: dict[str, Feed] = {}
    for feed in feeds:
        if any(feed.code == other.code or feed.table == other.table for other in known.values()):
            raise HouseFileError(f"{feed.department}/{feed.entity}: {feed.code} or {feed.table} exists twice")
        known[feed.code] = feed
    return dict(sorted(known.items()))


def load_contract(path: Path) -> Feed:
    """The feed one contract file describes. Raises HouseFileError."""
    return read_contract(text_of(path), name_of(path))


def read_contract(text: str, name: str) -> Feed:
    """The feed of a contract's text; `name` is what an error calls it. Raises HouseFileError."""
    document = read_document(text, name)
    feed = feed_of(document, name, custom(FeedProperties, document.customProperties, name))
    if found := problems(feed):
        raise HouseFileError(f"{name}: " + "; ".join(found))
    return feed


def feed_of(document: OpenDataContractStandard, name: str, said: FeedProperties) -> Feed:
    """The feed of a document and its properties; `name` is what an error calls it. Raises HouseFileError."""
    try:
        return _feed(document, name, said)
    except HouseFileError:
        raise
    except ValueError as error:
        raise HouseFileError(f"{name}: {error}") from None


def _feed(document: OpenDataContractStandard, name: str, said: FeedProperties) -> Feed:
    table, server = _only(document.schema_, "schema"), _only(document.servers, "servers")
    properties = table.properties or []
    keys = sorted((p for p in properties if p.primaryKey), key=lambda p: p.primaryKeyPosition or 0)
    sla = {i.property or "": i for i in document.slaProperties or ()}
    return Feed(
        code=said.feed_code,
        department=said.department_slug,
        department_name=said.department_name,
        entity=_there(table.name, "schema.0.name"),
        title=_there(document.name, "name"),
        description=(document.description.purpose if document.description else None) or "",
        limitations=(document.description.limitations if document.description else None) or "",
        columns=tuple(_column(p, f"{name}: schema.0.properties.{i}") for i, p in enumerate(properties)),
        key_columns=tuple(p.name or "" for p in keys),
        mode=said.delivery_mode,
        format=_there(server.format, "servers.0.format"),
        encoding=server.encoding,
        scope_kind=said.scope,
        file_pattern=said.file_pattern,
        header_rows=said.header_rows,
        sheet_unit=said.sheet_unit,
        identity=said.row_identity,
        has_bare_keys=said.bare_keys,
        thresholds=_thresholds(said.breakers),
        sources=said.sources,
        due_days=_number(sla["dueDay"]) if "dueDay" in sla else 10,
        return_mode=said.return_mode,
        cadence=_duration(sla.get("frequency"), "每"),
        cadence_days=_days(sla.get("frequency")),
        retention=_duration(sla.get("retention"), ""),
        grain=table.dataGranularityDescription or "",
        domain=document.domain or "",
        version=_version(document.version),
        period_months=_period_months(sla.get("frequency")),
        first_period=str(said.first_period),
        nil_return=said.nil_return,
        missing_signs=said.missing_signs,
        success_codes=said.success_codes,
        record_path=said.record_path,
    )


def _only(items: Sequence[T] | None, key: str) -> T:
    if len(items or ()) != 1:
        raise ValueError(f"{key}: there are {len(items or ())}; one is wanted")
    return items[0]


def _there(text: str | None, key: str) -> str:
    if not text:
        raise ValueError(f"{key}: is missing")
    return text


def _version(text: str | None) -> str:
    if not re.fullmatch(r"\d+\.\d+\.\d+", text or ""):
        raise ValueError(f"version: {text!r} is no version like 1.0.0")
    return text


def _thresholds(given: Mapping[str, float]) -> Thresholds:
    if unknown := sorted(set(given) - set(THRESHOLDS)):
        raise ValueError(f"breakers knows no {', '.join(unknown)}; known are {', '.join(THRESHOLDS)}")
    return Thresholds(**{THRESHOLDS[k]: v for k, v in given.items()})


def _column(item: SchemaProperty, where: str) -> Column:
    if not item.name:
        raise HouseFileError(f"{where}: name: is missing")
    said = custom(ColumnProperties, item.customProperties, where)
    options = typed(Options, item.logicalTypeOptions or {}, f"{where}: logicalTypeOptions")
    codes = [typed(Codes, q.arguments or {}, f"{where}: quality").valid_values
             for q in item.quality or () if q.metric == "invalidValues"]  # fmt: skip
    if item.logicalType not in _TYPES:
        raise HouseFileError(f"{where}: logicalType: {item.logicalType} is none; known are {', '.join(_TYPES)}")
    return Column(
        name=item.name,
        label=item.businessName or "",
        aliases=said.aliases,
        type=_TYPES[item.logicalType],
        required=bool(item.required or item.primaryKey),
        key=bool(item.primaryKey),
        classification=item.classification or "",
        tags=tuple(item.tags or ()),
        code_list=tuple(str(v) for values in codes for v in values),
        code_labels=tuple(said.code_labels.items()),
        min_length=options.min_length,
        max_length=options.max_length,
        pattern=options.pattern,
        standard=said.standard,
        description=item.description,
        scale=_scale(item.physicalType),
        element=said.element,
        unit=said.unit,
        source_department=said.source_department,
        sharing=said.sharing_attribute,
        has_indent=said.indent,
        months_before=said.months_before,
        ahead=said.ahead,
    )


def _scale(physical_type: str | None) -> int:
    """4 of DECIMAL(18,4); 2 where the type does not say."""
    found = re.fullmatch(r"DECIMAL\(18,\s*(\d)\)", physical_type or "")
    return int(found[1]) if found else 2


def _number(item: ServiceLevelAgreementProperty) -> int:
    if not isinstance(item.value, int) or item.unit not in _UNIT_DAYS:
        wanted = f"a whole number and one of {', '.join(_UNIT_DAYS)} are wanted"
        raise ValueError(f"slaProperties: {item.property}: is {item.value} {item.unit}; {wanted}")
    return item.value


def _days(item: ServiceLevelAgreementProperty | None) -> int:
    """A frequency in days, a month as 31; 31 when the contract has none."""
    return _number(item) * _UNIT_DAYS[item.unit] if item else _UNIT_DAYS["m"]


def _period_months(item: ServiceLevelAgreementProperty | None) -> int:
    """Months between two deliveries; at least one, as the name of a file can say no more than a month."""
    return max(1, _number(item) * _UNIT_MONTHS.get(item.unit, 0)) if item else 1


def _duration(item: ServiceLevelAgreementProperty | None, prefix: str) -> str:
    """`每周`, `36 个月`: an SLA property in Chinese, '' when the contract has none."""
    if item is None:
        return ""
    number, unit = _number(item), _UNITS[item.unit]
    return prefix + unit.replace("个月", "月") if prefix and number == 1 else f"{prefix} {number} {unit}".strip()
