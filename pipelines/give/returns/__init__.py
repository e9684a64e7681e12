"""What a township gets back, and what a source department is told: files built from the lake.

Does not belong here: which tickets exist (`pipelines.judge.ledger`), and reading what comes back
(`pipelines.give.inbox`).
"""
