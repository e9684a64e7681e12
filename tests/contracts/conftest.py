"""A folder with copies of real contracts that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contracts import CONTRACTS


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    shutil.copytree(CONTRACTS, folder)
    return folder


@pytest.fixture
def spoil(contracts: Path) -> Callable[[str, str], Path]:
    """Replace text in the contract of F11; the text must be there."""

    def change(old: str, new: str) -> Path:
        file = contracts / "disabled_federation" / "disability_cards.odcs.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return contracts

    return change
