"""What stewards are given to decide on, and where it comes from.

Belongs here: workbooks that people of the bureau fill in. Does not belong here: taking their decisions in
(judge.ledger), notices to departments (give.returns).
"""
