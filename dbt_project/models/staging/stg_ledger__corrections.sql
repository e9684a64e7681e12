-- Which correction stands is the ledger's to say (pipelines/judge/ledger/corrections.py).
select
    ticket_id,
    feed,
    record_key,
    field,
    coalesce(wrong_value, '') as wrong_value,
    new_value,
    base_delivery_seq,
    township_code,
    corrected_on
from {{ source('ledger', 'correction_standing') }}
