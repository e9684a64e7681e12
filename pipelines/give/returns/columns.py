"""What the writer of a return workbook and its reader (`pipelines.give.inbox`) must agree on beside the sheets' own
files (expectations/sheets): hidden sheets, sheets with a layout of their own, where 异常清单 has its columns.

Belongs here: names and places. Does not belong here: writing or reading.
"""

from pipelines.kit.office.sheets import load_sheets

TOWNSHIP = "township"
ANOMALY_SHEET = load_sheets(TOWNSHIP)["anomalies"]
ANOMALIES, COL = ANOMALY_SHEET.title, ANOMALY_SHEET.places

GUIDE, RECEIPT = "说明", "回执"
META, CODES = "_meta", "_codes"
META_MARK = "zhenjie-return-1"
SIGN_PURPOSE = "return-meta"

SEVERITY = {"C": "紧急", "H": "高", "M": "中", "L": "低", "I": "线索"}
SIGN_OFF = (("officer", "经办人"), ("phone", "联系电话"), ("date", "办理日期"), ("reviewer", "审核人"))
SIGN_OFF_ROW, SIGN_OFF_COLUMN = 3, 1


def list_key(name: str) -> str:
    """Under which a list of choices stands in documents about a set: `grid` is `grids`."""
    return f"{name}s"
