"""What is written from other files of the house and kept beside them: `make generate`.

Belongs here: what needs more than contracts (those generate their own: pipelines.kit.contracts.generate), above all
floors. Does not belong here: what a turn writes.
"""
