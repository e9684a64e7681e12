"""The house's Excel: how tables, notices and receipts are written, and what stands in which sheet.

Belongs here: columns, looks, tables, sheets as data. Does not belong here: what any one workbook says (pipelines.give).
"""
