with current_row as ({{ current_rows(source('bronze', 'disabled_federation__disability_cards')) }}),

numbered as (select current_row.*, substr(card_no, 1, 18) as id_no from current_row),

identified as ({{ with_identity('numbered', ['id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    card_no,
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    name,
    class_code,
    level_code,
    valid_to,
    subsidy_type,
    subsidy_status,
    division_code,
    current_division_code,
    township_code,
    {{ correction_columns() }},
    {{ lineage('F11') }}
from located
