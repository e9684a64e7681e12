with current_row as ({{ current_rows(source('bronze', 'medical_insurance__enrolments')) }}),

identified as ({{ with_identity('current_row', ['id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    sex_code,
    birth_date,
    insurance_kind,
    status_name,
    division_code,
    current_division_code,
    township_code,
    last_visit_date,
    {{ correction_columns() }},
    {{ lineage('F20') }}
from located
