with current_row as ({{ current_rows(source('bronze', 'public_security__residents'), has_change_type=true) }}),

overlaid as ({{ corrected('current_row', 'F01', ['status_name']) }}),

identified as ({{ with_identity('overlaid', ['id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    sex_code,
    ethnic_code,
    birth_date,
    household_no,
    household_type,
    case when relation_code = '02' then '01' else relation_code end as relation_code,
    hukou_address,
    division_code,
    current_division_code,
    township_code,
    status_name_now as status_name,
    status_name as status_name_delivered,
    {{ value_ref('status_name') }} as status_source_ref,
    updated_date,
    change_type,
    {{ correction_columns(['status_name']) }},
    {{ lineage('F01') }}
from located
