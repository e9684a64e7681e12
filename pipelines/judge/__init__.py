"""The third floor: what is wrong across feeds, and what became of it.

Belongs here: running the rules, anomalies, tickets, corrections, decisions that enter the lake.
Does not belong here: reading deliveries (pipelines.ingest), files for people (pipelines.give).
"""
