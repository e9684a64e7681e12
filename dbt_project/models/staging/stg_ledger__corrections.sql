select
    ticket_id,
    feed,
    record_key,
    field,
    wrong_value,
    new_value,
    base_delivery_seq,
    township_code,
    corrected_on
from (
    select
        ticket_id,
        feed,
        record_key,
        field,
        coalesce(wrong_value, '') as wrong_value,
        new_value,
        base_delivery_seq,
        township_code,
        as_of as corrected_on,
        row_number() over (
            partition by feed, record_key, field
            order by as_of desc nulls last, workbook_sha256, sheet_row desc nulls last, ticket_id
        ) as newest
    from {{ source('ledger', 'correction') }}
    where as_of <= {{ as_of() }}
) as ranked
where newest = 1
