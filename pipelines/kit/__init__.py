"""The lowest floor: what every other floor uses and what knows none of them.

Belongs here: contracts and the disclosure policy, the office (reading and writing workbooks, pages and envelopes),
reference tables, geometry, keys and secrets, paths, files and locks, the lake's connection, the runner of the models.
Does not belong here: anything that knows a delivery, a ticket or a township's set.
"""
