"""The data standard: one catalogue of elements (数据元) that every feed file refers to.

Belongs here: the shape of an element and reading `expectations/elements.yaml`. Does not belong here: what one
feed makes of an element (feed_file.py). The attributes follow GB/T 18391 (data element registries).
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.model import TYPES
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS, TAGS, is_tag
from pipelines.kit.house_files import HouseFileError, Name, Text, name_of, read
from pipelines.kit.paths import PROJECT_ROOT

ELEMENTS = PROJECT_ROOT / "expectations" / "elements.yaml"
STANDARDS = PROJECT_ROOT / "expectations" / "standards.yaml"
# The sharing attributes of 政务数据共享条例, from open to closed.
SHARING = ("无条件共享", "有条件共享", "不予共享")


def _as_words(codes: Any) -> Any:
    """Raises ValueError for a list of anything but words."""
    if not isinstance(codes, list):
        return codes
    if odd := [code for code in codes if not isinstance(code, str)]:
        raise ValueError(f"code {odd[0]} is no text; quote it")
    if len(set(codes)) < len(codes):
        raise ValueError("a code stands there twice; keep one")
    return dict.fromkeys(codes, "")


# Code -> label; `[低保, 特困]` says the same as `{低保: "", 特困: ""}`.
Codes = Annotated[dict[Text, str], BeforeValidator(_as_words)]


class Element(BaseModel):
    """One data element.

    `code` is DE, two digits of the class and three of the element; `source` the department that answers for
    it (数源); `codes` code -> label, the label empty where the code is its own word; `unit` of numbers.
    `group` is the class of elements it stands in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^DE\d{5}$")
    label: Text
    type: Literal[*TYPES] = "string"
    classification: Literal[*CLASSIFICATIONS]
    source: Text
    sharing: Literal[*SHARING]
    frequency: Text = "每月"
    aliases: tuple[Text, ...] = ()
    tags: tuple[str, ...] = ()
    standard: str | None = None
    codes: Codes = {}
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=1)
    pattern: str | None = None
    scale: int = Field(default=2, ge=0, le=9)
    unit: str | None = None
    description: str | None = None
    group: str = ""

    def answers_to(self, label: str) -> bool:
        """Whether a heading is one of the element's own; then every other of its headings will do as well."""
        return normal(label) in {normal(h) for h in (self.label, *self.aliases)}


class _Catalogue(RootModel[dict[str, dict[Name, Element]]]):
    """Class of elements (`01 人员`) -> English name -> element."""


def load_standards(path: Path = STANDARDS) -> dict[str, str]:
    """Titles of the standards elements cite, by number. Raises HouseFileError."""
    return read(dict[Text, Text], path)


def load_elements(path: Path = ELEMENTS) -> dict[str, Element]:
    """Elements by English name, in the order of the file. Raises HouseFileError."""
    classes = read(_Catalogue, path).root
    if told := [name for group in classes.values() for name, element in group.items() if element.group]:
        raise HouseFileError(f"{name_of(path)}: {told[0]}.group: the class it stands in says it; leave it out")
    elements = {
        name: element.model_copy(update={"group": title.partition(" ")[2]})
        for title, group in classes.items()
        for name, element in group.items()
    }
    if len(elements) < sum(map(len, classes.values())):
        raise HouseFileError(f"{name_of(path)}: an element's name is used in two classes; rename one")
    codes = [e.code for e in elements.values()]
    if twice := {c for c in codes if codes.count(c) > 1}:
        raise HouseFileError(f"{name_of(path)}: element codes used twice: {', '.join(sorted(twice))}; change one")
    if odd := [f"{name}: {tag}" for name, e in elements.items() for tag in e.tags if not is_tag(tag)]:
        raise HouseFileError(f"{name_of(path)}: unknown tags: {', '.join(odd)}; known are {', '.join(TAGS)}, mask:*")
    return elements
