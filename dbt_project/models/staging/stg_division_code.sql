select
    division_code,
    division_name,
    level_name,
    parent_code,
    valid_from,
    valid_to,
    is_current,
    successor_code,
    grid_officer,
    source_ref,
    current_code
from {{ ref('stg_division_version') }}
where means_until is null
