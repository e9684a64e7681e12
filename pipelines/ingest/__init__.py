"""The second floor: from the bytes a department sent to typed rows, and what is known about their coming.

Belongs here: collecting, landing, reading, judging a file, standing deliveries, histories, arrivals.
Does not belong here: whether a value is true (pipelines.judge), what anyone is told (pipelines.give).
"""
