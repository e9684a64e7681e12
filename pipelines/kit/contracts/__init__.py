"""Contracts of the feeds: one ODCS YAML each, and what is generated from it.

Belongs here: the loader, the model and the generators. Does not belong here: reading department files.
"""

from pipelines.kit.contracts.load import CONTRACTS, load_contract, load_contracts
from pipelines.kit.contracts.model import Column, Feed, Thresholds

__all__ = ["CONTRACTS", "Column", "Feed", "Thresholds", "load_contract", "load_contracts"]
