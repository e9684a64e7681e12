"""Copies of the data standard, the feed files and the contracts that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.kit.contracts import CONTRACTS
from pipelines.kit.paths import PROJECT_ROOT

Spoil = Callable[[str, str], Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real data standard, feed files and tags, nothing generated yet."""
    root = tmp_path / "project"
    (root / "expectations").mkdir(parents=True)
    for name in ("elements.yaml", "standards.yaml"):
        shutil.copyfile(PROJECT_ROOT / "expectations" / name, root / "expectations" / name)
    for name in ("feeds", "tags"):
        shutil.copytree(PROJECT_ROOT / "expectations" / name, root / "expectations" / name)
    return root


@pytest.fixture
def change(project: Path) -> Spoil:
    """Replace text in the feed file of F11; the text must be there. Gives the project."""
    return lambda old, new: _replace(
        project / "expectations/feeds/disabled_federation/disability_cards.yaml", old, new, project
    )


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Replace text in the contract of F11; the text must be there. Gives a folder of two contracts."""
    folder = tmp_path / "contracts"
    for name in ("disabled_federation/disability_cards", "public_security/residents"):
        copy = folder / f"{name}.odcs.yaml"
        copy.parent.mkdir(parents=True)
        shutil.copyfile(CONTRACTS / f"{name}.odcs.yaml", copy)
    return lambda old, new: _replace(folder / "disabled_federation/disability_cards.odcs.yaml", old, new, folder)


def _replace(file: Path, old: str, new: str, answer: Path) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return answer
