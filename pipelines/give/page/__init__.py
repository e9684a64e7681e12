"""The answering page 网上答复: for who would rather answer on a page than in the workbook.

What a township's page shows is what its newest issued set holds, and nothing else; what it says goes into the inbox
as the same workbook, by the same checks. It never opens the lake.
"""
