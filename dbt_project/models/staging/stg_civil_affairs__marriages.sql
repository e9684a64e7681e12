with current_row as ({{ current_rows(source('bronze', 'civil_affairs__marriages')) }}),

identified as ({{ with_identity('current_row', ['husband_id_no', 'wife_id_no']) }})

select
    cert_no,
    husband_id_no,
    husband_id_no_defect as husband_id_defect,
    husband_id_no_norm,
    husband_name,
    wife_id_no,
    wife_id_no_defect as wife_id_defect,
    wife_id_no_norm,
    wife_name,
    registered_date,
    registration_type,
    {{ correction_columns() }},
    {{ lineage('F07') }}
from identified
