"""Planted errors, a file a subject.

Belongs here: the order in which they are planted. Does not belong here: ordinary life (changes.py).
"""

from pipelines.prefecture.stage import Stage


def plant_all(stage: Stage) -> None:
    """Plant everything; whoever has few candidates goes first."""
