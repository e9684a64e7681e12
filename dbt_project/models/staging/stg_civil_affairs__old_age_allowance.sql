with current_row as ({{ current_rows(source('bronze', 'civil_affairs__old_age_allowance')) }}),

identified as ({{ with_identity('current_row', ['id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    birth_date,
    band_name,
    amount,
    pay_month,
    status_name,
    certified_date,
    division_code,
    current_division_code,
    township_code,
    remark,
    {{ correction_columns() }},
    {{ lineage('F10') }}
from located
