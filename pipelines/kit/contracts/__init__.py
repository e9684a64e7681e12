"""Contracts of the feeds: one ODCS YAML each, and what is generated from it.

Belongs here: the loader, the model and the generators. Does not belong here: reading department files.
"""

from importlib import import_module
from typing import Any

from pipelines.kit.contracts.model import Column, Feed, Thresholds

__all__ = ["CONTRACTS", "Column", "Feed", "Thresholds", "load_contract", "load_contracts"]


def __getattr__(name: str) -> Any:
    """The loader is imported by whoever loads: with it comes a model of the whole standard, a quarter of all that a
    reader of files would import."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module("pipelines.kit.contracts.load"), name)
