"""The way back out: files for departments, the province, counties and other systems, each by its contract.

Belongs here: reading export contracts, writing what they promise, proving that it reads back. Does not belong
here: return sets for townships (pipelines.give.returns), the analysts' file (pipelines.give.published).
"""

from pipelines.give.exports.contract import EXPORTS, Export, load_exports

__all__ = ["EXPORTS", "Export", "load_exports"]
