"""Who may be shown which column: one policy, asked by whatever shows data.

Belongs here: the policy, and where every column of the lake comes from. Does not belong here: masking a value
(contracts/masks.py), showing anything.
"""

from pipelines.kit.disclosure.policy import ANALYST, PREVIEW, STEWARD, TOWNSHIP, may_show, may_show_column

__all__ = ["ANALYST", "PREVIEW", "STEWARD", "TOWNSHIP", "may_show", "may_show_column"]
