"""A table of text, and what its texts mean: headings matched, units, dates, numbers, identifiers made out, types given.

Belongs here: from a cell's text to a typed value, or to the problem it is. Does not belong here: where the text came
from (formats), which files count (bronze), whether a value is true (pipelines.judge).
"""
