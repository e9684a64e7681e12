with current_row as ({{ current_rows(source('bronze', 'market_regulation__enterprises'), has_change_type=true) }}),

identified as ({{ with_identity('current_row', ['legal_rep_id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    upper(uscc) as uscc,
    {{ credit_code_defect('upper(uscc)') }} as uscc_defect,
    name,
    entity_type,
    industry_code,
    capital_text,
    legal_rep_name,
    legal_rep_id_no,
    legal_rep_id_no_defect as legal_rep_id_defect,
    legal_rep_id_no_norm,
    address,
    division_code,
    current_division_code,
    township_code,
    status_name,
    established_date,
    cancelled_date,
    change_type,
    {{ correction_columns() }},
    {{ lineage('F14') }}
from located
