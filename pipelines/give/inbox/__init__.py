"""What townships send back: taken in, checked, answered with a receipt.

Does not belong here: what an accepted answer leads to (`pipelines.judge.ledger`).
"""
