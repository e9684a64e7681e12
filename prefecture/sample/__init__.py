"""`make run`: the loop on the sample prefecture, from departments' files to the second turn's summary.

Belongs here: the story and its summary, the only place where pipeline, prefecture and scoring meet.
Does not belong here: anything a real installation needs.
"""
