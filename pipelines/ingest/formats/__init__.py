"""Files of every format read into one shape, a table of text: CSV, workbooks, JSON, XML, Parquet, maps, archives.

Belongs here: what is peculiar to a format, and its guards. Does not belong here: what a text means (values), any feed
by name, what becomes of a file (bronze).
"""
