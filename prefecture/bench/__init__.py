"""The benchmark: what a whole run costs, beside the least it could cost and what people would do instead.

Belongs here: running the sample's story in fresh processes, measuring it from outside, and comparing results.
Does not belong here: anything a real installation needs, or a figure that is not measured in the same run.
"""
