"""Reading contracts: ODCS v3 YAML in, `Feed` out.

Belongs here: where each fact of a feed stands in an ODCS document. Does not belong here: what follows from
it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    OpenDataContractStandard,
    SchemaProperty,
    ServiceLevelAgreementProperty,
)

from pipelines.kit import yaml_text
from pipelines.kit.contracts.model import AHEAD_TOLD, BY_KEY, NIL_NEVER, Column, Feed, Source, Thresholds
from pipelines.kit.contracts.vocabulary import problems
from pipelines.kit.paths import PROJECT_ROOT

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


class ContractError(ValueError):
    """A contract that cannot be used; the message names the file and everything found wrong with it."""


def load_contracts(folder: Path = CONTRACTS) -> dict[str, Feed]:
    """All feeds of a folder of `<department>/<entity>.odcs.yaml`, by feed code in order.

    Raises ContractError for a document that is no ODCS, breaks our vocabulary, or repeats a code or table. Our own
    contracts are read once a process.
    """
    return dict(_ours()) if folder == CONTRACTS else _below(folder)


@cache
def _ours() -> dict[str, Feed]:
    return _below(CONTRACTS)


def _below(folder: Path) -> dict[str, Feed]:
    return distinct(load_contract(path) for path in sorted(Path(folder).rglob("*.odcs.yaml")))


def distinct(feeds: Iterable[Feed]) -> dict[str, Feed]:
    """Feeds by code in order. Raises ContractError when two share a code or a table."""
    known: dict[str, Feed] = {}
    for feed in feeds:
        if any(feed.code == other.code or feed.table == other.table for other in known.values()):
            raise ContractError(f"feed {feed.code} or table {feed.table} exists twice")
        known[feed.code] = feed
    return dict(sorted(known.items()))


def load_contract(path: Path) -> Feed:
    """The feed one contract file describes. Raises ContractError."""
    return read_contract(path.read_text(encoding="utf-8"), path.name)


def read_contract(text: str, name: str) -> Feed:
    """The feed of a contract's text; `name` is what an error calls it. Raises ContractError."""
    try:
        feed = feed_of(read_document(text), {})
    except (yaml.YAMLError, TypeError, ValueError, KeyError) as error:
        raise ContractError(f"{name}: {error}") from error
    if found := problems(feed):
        raise ContractError(f"{name}: " + "; ".join(found))
    return feed


def read_document(text: str) -> OpenDataContractStandard:
    """The ODCS document of a contract's text. Raises yaml.YAMLError, TypeError or ValueError."""
    return OpenDataContractStandard(**yaml_text.parse(text))


def feed_of(document: OpenDataContractStandard, known: Mapping[str, Any]) -> Feed:
    """The feed of a document; `known` stands in for custom properties that it does not name."""
    custom = {**known, **_custom(document.customProperties)}
    (table,) = document.schema_ or ()
    (server,) = document.servers or ()
    properties = table.properties or []
    keys = sorted((p for p in properties if p.primaryKey), key=lambda p: p.primaryKeyPosition or 0)
    return Feed(
        code=custom["feedCode"],
        department=custom["departmentSlug"],
        department_name=custom["departmentName"],
        entity=table.name,
        title=document.name,
        description=(document.description.purpose if document.description else None) or "",
        limitations=(document.description.limitations if document.description else None) or "",
        columns=tuple(_column(p) for p in properties),
        key_columns=tuple(p.name for p in keys),
        mode=custom["deliveryMode"],
        format=server.format,
        encoding=server.encoding,
        scope_kind=custom["scope"],
        file_pattern=custom["filePattern"],
        header_rows=custom.get("headerRows", 1),
        sheet_unit=custom.get("sheetUnit"),
        identity=custom.get("rowIdentity", BY_KEY),
        has_bare_keys=bool(custom.get("bareKeys")),
        thresholds=_thresholds(custom.get("breakers") or {}),
        sources=tuple(Source(**s) for s in custom.get("sources", ())),
        due_days=_value(document.slaProperties, "dueDay", 10),
        return_mode=custom.get("returnMode", "rows"),
        cadence=_duration(document.slaProperties, "frequency", "每"),
        cadence_days=_days(document.slaProperties, "frequency"),
        retention=_duration(document.slaProperties, "retention", ""),
        grain=table.dataGranularityDescription or "",
        domain=document.domain or "",
        version=document.version or "",
        period_months=_period_months(document.slaProperties),
        first_period=str(custom.get("firstPeriod", Feed.first_period)),
        nil_return=custom.get("nilReturn", NIL_NEVER),
        missing_signs=tuple(custom.get("missingSigns", ())),
        success_codes=tuple(custom.get("successCodes", ())),
        record_path=custom.get("recordPath"),
    )


def _thresholds(given: dict[str, Any]) -> Thresholds:
    if unknown := sorted(set(given) - set(THRESHOLDS)):
        raise ValueError(f"breakers knows no {', '.join(unknown)}")
    return Thresholds(**{THRESHOLDS[k]: float(v) for k, v in given.items()})


def _column(item: SchemaProperty) -> Column:
    custom = _custom(item.customProperties)
    options = item.logicalTypeOptions or {}
    codes = [q.arguments["validValues"] for q in item.quality or () if q.metric == "invalidValues"]
    return Column(
        name=item.name,
        label=item.businessName or "",
        aliases=tuple(custom.get("aliases", ())),
        type=_TYPES[item.logicalType],
        required=bool(item.required or item.primaryKey),
        key=bool(item.primaryKey),
        classification=item.classification or "",
        tags=tuple(item.tags or ()),
        code_list=tuple(str(v) for values in codes for v in values),
        code_labels=tuple((str(k), v) for k, v in custom.get("codeLabels", {}).items()),
        min_length=options.get("minLength"),
        max_length=options.get("maxLength"),
        pattern=options.get("pattern"),
        standard=custom.get("standard"),
        description=item.description,
        scale=_scale(item.physicalType),
        element=custom.get("element", ""),
        unit=custom.get("unit"),
        source_department=custom.get("sourceDepartment", ""),
        sharing=custom.get("sharingAttribute", ""),
        has_indent=bool(custom.get("indent")),
        months_before=custom.get("monthsBefore"),
        ahead=custom.get("ahead", AHEAD_TOLD),
    )


def _scale(physical_type: str | None) -> int:
    """4 of DECIMAL(18,4); 2 where the type does not say."""
    found = re.fullmatch(r"DECIMAL\(18,\s*(\d)\)", physical_type or "")
    return int(found[1]) if found else 2


def _custom(items: Iterable[CustomProperty] | None) -> dict[str, Any]:
    return {p.property: p.value for p in items or ()}


def _days(items: Iterable[ServiceLevelAgreementProperty] | None, name: str) -> int:
    """The same property in days, a month as 31; 31 when the contract has none."""
    found = next((i for i in items or () if i.property == name), None)
    return int(found.value) * _UNIT_DAYS[found.unit] if found else _UNIT_DAYS["m"]


def _period_months(items: Iterable[ServiceLevelAgreementProperty] | None) -> int:
    """Months between two deliveries; at least one, as the name of a file can say no more than a month."""
    found = next((i for i in items or () if i.property == "frequency"), None)
    return max(1, int(found.value) * _UNIT_MONTHS.get(found.unit, 0)) if found else 1


def _value(items: Iterable[ServiceLevelAgreementProperty] | None, name: str, default: int) -> int:
    return next((int(i.value) for i in items or () if i.property == name), default)


def _duration(items: Iterable[ServiceLevelAgreementProperty] | None, name: str, prefix: str) -> str:
    """`每周`, `36 个月`: an SLA property in Chinese, '' when the contract has none."""
    for item in items or ():
        if item.property == name:
            unit = _UNITS[item.unit]
            if prefix and item.value == 1:
                return prefix + unit.replace("个月", "月")
            return f"{prefix} {item.value} {unit}".strip()
    return ""
