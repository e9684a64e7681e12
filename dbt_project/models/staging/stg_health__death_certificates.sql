with current_row as ({{ current_rows(source('bronze', 'health__death_certificates')) }}),

identified as ({{ with_identity('current_row', ['id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    cert_no,
    name,
    sex_name,
    case sex_name when '男' then '1' when '女' then '2' end as sex_code,
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    birth_date,
    division_code,
    current_division_code,
    township_code,
    death_date,
    death_place,
    {{ correction_columns() }},
    {{ lineage('F04') }}
from located
