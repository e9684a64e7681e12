"""Places on the map: geometries as text, coordinate systems, and telling them apart.

Belongs here: pure functions over numbers, texts and polars frames. Does not belong here: reading files
(pipelines.ingest.bronze), or which feed has which column (contracts).
"""
