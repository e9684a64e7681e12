with current_row as ({{ current_rows(source('bronze', 'human_resources__employment_insurance')) }}),

identified as ({{ with_identity('current_row', ['id_no']) }})

select
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    upper(employer_code) as employer_code,
    {{ credit_code_defect('upper(employer_code)') }} as employer_code_defect,
    insurance_kind,
    period_month,
    status_name,
    start_date,
    stop_date,
    {{ correction_columns() }},
    {{ lineage('F17') }}
from identified
