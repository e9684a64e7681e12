"""zhenjie-lakehouse: department feeds in, one grassroots database, corrections that stick.

Only `pipelines.definitions` and `pipelines.defs` may import Dagster; every other package is plain Python.
"""
