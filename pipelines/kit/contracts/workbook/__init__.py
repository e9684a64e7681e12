"""A data contract as a workbook a department can fill in: written empty or from a feed, read back into a feed file.

Belongs here: the sheets, what their cells mean, what is wrong with them. Does not belong here: the text of a feed
file (feed_text.py) and what a contract must hold (vocabulary.py).
"""

from pipelines.kit.contracts.workbook.read import Problem, read_feed
from pipelines.kit.contracts.workbook.write import contract_workbook

__all__ = ["Problem", "contract_workbook", "read_feed"]
