"""The fourth floor: what leaves the house and what comes back of it.

Belongs here: return sets, letters and notices, the inbox that reads answers, exports, queries, the analysts' file.
Does not belong here: deciding what is wrong (pipelines.judge), scheduling (pipelines.defs).
"""
