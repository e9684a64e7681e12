with current_row as ({{ current_rows(source('bronze', 'public_security__hukou_events')) }}),

identified as ({{ with_identity('current_row', ['id_no', 'old_id_no']) }}),

located as ({{ placed('identified', 'division_code') }})

select
    event_no,
    event_type,
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    old_id_no,
    old_id_no_norm,
    name,
    old_name,
    event_date,
    division_code,
    current_division_code,
    township_code,
    {{ correction_columns() }},
    {{ lineage('F03') }}
from located
