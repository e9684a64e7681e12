"""Packs (场景包): scenarios of the plan that are added as data and SQL, and leave without a trace.

Belongs here: what a pack is, its five shapes, finding its files, its skeleton. Does not belong here: any one
scenario (`expectations/packs/<pack>/`, `dbt_project/models/packs/<pack>/`), what shows its tables.
"""

from pipelines.kit.packs.load import PACKS, Pack, load_packs, of_packs
from pipelines.kit.packs.shapes import SHAPES

__all__ = ["PACKS", "SHAPES", "Pack", "load_packs", "of_packs"]
