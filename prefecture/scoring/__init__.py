"""Scoring: what verification found against what the synthetic prefecture planted.

Belongs here: the only reader of the planted truth. Nothing of the pipeline may import this package.
"""

from prefecture.scoring.addresses import AddressScore, score_addresses
from prefecture.scoring.numbers import NumberScore, score_numbers
from prefecture.scoring.places import PlaceScore, score_places
from prefecture.scoring.score import RuleScore, format_scores, score
from prefecture.scoring.sites import SiteScore, score_sites
from prefecture.scoring.subjects import SubjectScore, score_subjects

__all__ = [
    "AddressScore",
    "NumberScore",
    "PlaceScore",
    "RuleScore",
    "SiteScore",
    "SubjectScore",
    "format_scores",
    "score",
    "score_addresses",
    "score_numbers",
    "score_places",
    "score_sites",
    "score_subjects",
]
