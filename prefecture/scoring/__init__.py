"""Scoring: what verification found against what the synthetic prefecture planted.

Belongs here: the only reader of the planted truth. Nothing of the pipeline may import this package.
"""

from prefecture.scoring.places import PlaceScore, score_places
from prefecture.scoring.score import RuleScore, format_scores, score

__all__ = ["PlaceScore", "RuleScore", "format_scores", "score", "score_places"]
