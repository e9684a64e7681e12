"""Which format is written by what.

Belongs here: the table. Does not belong here: writing.
"""

from prefecture.output.json_pages import geojson_file, json_file
from prefecture.output.writers import csv_file, xlsx_file

FORMATS = {"csv": csv_file, "xlsx": xlsx_file, "json": json_file, "geojson": geojson_file}
