"""The answering machine: what playing townships do with the workbooks they got.

Belongs here: filling in like people, saving like people, sending back to the inbox, and the register of what was
really sent. Does not belong here: what a township knows (register/answers.parquet) or what the pipeline makes of
the answer. Everything is drawn from (seed, township, ticket): playing twice sends the same files twice.
"""

from prefecture.townships.play import play
from prefecture.townships.report import PlayReport

__all__ = ["PlayReport", "play"]
