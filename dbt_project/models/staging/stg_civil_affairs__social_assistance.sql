with current_row as ({{ current_rows(source('bronze', 'civil_affairs__social_assistance')) }}),

identified as ({{ with_identity('current_row', ['id_no', 'head_id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    head_id_no,
    head_id_no_norm,
    category,
    amount,
    pay_month,
    start_date,
    stop_date,
    division_code,
    current_division_code,
    township_code,
    bank_tail,
    remark,
    {{ correction_columns() }},
    {{ lineage('F08') }}
from located
