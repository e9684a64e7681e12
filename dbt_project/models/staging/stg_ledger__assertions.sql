-- Which assertion stands is the ledger's to say (pipelines/judge/ledger/assertions.py).
select
    ticket_id,
    rule_id,
    asserts,
    marks,
    id_no,
    feed,
    record_key,
    said_on,
    asserted_on,
    workbook_sha256,
    sheet_row
from {{ source('ledger', 'assertion_standing') }}
