select
    township_code,
    division_code as grid_code,
    division_name as grid_name,
    village_code,
    village_name
from {{ ref('division') }}
where level_name = '网格' and is_current and township_code is not null
