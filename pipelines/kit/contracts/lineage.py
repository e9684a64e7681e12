"""The lineage columns every bronze row carries after its contract columns.

Belongs here: their names, SQL types and Chinese descriptions. Does not belong here: how they are filled
(pipelines.ingest.bronze.lineage).
"""

LINEAGE = (
    ("_feed", "VARCHAR", "数据源代码"),
    ("_delivery_id", "VARCHAR", "交付编号"),
    ("_delivery_seq", "BIGINT", "交付序号（同一数据源内按入库先后）"),
    ("_delivered_on", "DATE", "交付日期"),
    ("_mode", "VARCHAR", "交付方式：full 全量，delta 增量，append 追加"),
    ("_scope", "VARCHAR", "交付范围：370600 为全市，其余为县级代码"),
    ("_file", "VARCHAR", "原始文件名"),
    ("_sheet", "VARCHAR", "工作表名，压缩包为其中的文件名（/工作表名），其他为空"),
    ("_row", "BIGINT", "在原始文件中的行号（从 1 起）"),
    ("_record_key", "VARCHAR", "记录键"),
    ("_source_ref", "VARCHAR", "来源：数据源/交付编号/行号"),
)
