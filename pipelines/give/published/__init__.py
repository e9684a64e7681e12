"""The analysts' DuckDB file.

Belongs here: copying the `published` schema out of the lake under new keys. Does not belong here: choosing
columns (that is dbt's `models/published`) or keys (that is `security`).
"""
