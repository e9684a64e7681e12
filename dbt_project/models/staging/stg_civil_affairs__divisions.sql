select
    unit_code,
    name,
    level_name,
    parent_code,
    valid_from,
    valid_to,
    successor_code,
    grid_officer,
    {{ correction_columns() }},
    {{ lineage('F36') }}
from ({{ current_rows(source('bronze', 'civil_affairs__divisions')) }}) as unit
