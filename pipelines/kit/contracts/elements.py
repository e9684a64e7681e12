"""The data standard: one catalogue of elements (数据元) that every feed file refers to.

Belongs here: the shape of an element and reading `expectations/elements.yaml`. Does not belong here: what one
feed makes of an element (feed_file.py). The attributes follow GB/T 18391 (data element registries).
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipelines.kit import yaml_text
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.model import TYPES
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS
from pipelines.kit.paths import PROJECT_ROOT

ELEMENTS = PROJECT_ROOT / "expectations" / "elements.yaml"
STANDARDS = PROJECT_ROOT / "expectations" / "standards.yaml"
# The sharing attributes of 政务数据共享条例, from open to closed.
SHARING = ("无条件共享", "有条件共享", "不予共享")


class StandardError(ValueError):
    """A feed file or the element catalogue cannot be used; the message names the file and the place."""


def _as_words(codes: Any) -> Any:
    return dict.fromkeys(map(str, codes), "") if isinstance(codes, list) else codes


# Code -> label; `[低保, 特困]` says the same as `{低保: "", 特困: ""}`.
Codes = Annotated[dict[str, str], BeforeValidator(_as_words)]


class Element(BaseModel):
    """One data element.

    `code` is DE, two digits of the class and three of the element; `source` the department that answers for
    it (数源); `codes` code -> label, the label empty where the code is its own word; `unit` of numbers.
    `group` is the class of elements it stands in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^DE\d{5}$")
    label: str
    type: Literal[*TYPES] = "string"
    classification: Literal[*CLASSIFICATIONS]
    source: str
    sharing: Literal[*SHARING]
    frequency: str = "每月"
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    standard: str | None = None
    codes: Codes = {}
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    scale: int = 2
    unit: str | None = None
    description: str | None = None
    group: str = ""

    def answers_to(self, label: str) -> bool:
        """Whether a heading is one of the element's own; then every other of its headings will do as well."""
        return normal(label) in {normal(h) for h in (self.label, *self.aliases)}


def load_standards(path: Path = STANDARDS) -> dict[str, str]:
    """Titles of the standards elements cite, by number."""
    return yaml_text.parse(path.read_text(encoding="utf-8"))


def load_elements(path: Path = ELEMENTS) -> dict[str, Element]:
    """Elements by English name, in the order of the file. Raises StandardError."""
    try:
        classes = yaml_text.parse(path.read_text(encoding="utf-8"))
        elements = {
            name: Element.model_validate({**facts, "group": title.partition(" ")[2]})
            for title, group in classes.items()
            for name, facts in group.items()
        }
    except (yaml.YAMLError, ValidationError, AttributeError) as error:
        raise StandardError(f"{path.name}: {error}") from error
    if len(elements) < sum(map(len, classes.values())):
        raise StandardError(f"{path.name}: an element's name is used in two classes")
    codes = [e.code for e in elements.values()]
    if twice := {c for c in codes if codes.count(c) > 1}:
        raise StandardError(f"{path.name}: element codes used twice: {', '.join(sorted(twice))}")
    return elements
