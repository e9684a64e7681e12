with unit as (
    select
        code.*,
        coalesce(current_code, division_code) as place_code
    from {{ ref('stg_division_code') }} as code
)

select
    unit.division_code,
    unit.division_name,
    unit.level_name,
    unit.parent_code,
    county.division_code as county_code,
    county.division_name as county_name,
    township.division_code as township_code,
    township.division_name as township_name,
    village.division_code as village_code,
    village.division_name as village_name,
    unit.valid_from,
    unit.valid_to,
    unit.is_current,
    unit.successor_code,
    unit.current_code,
    unit.source_ref
from unit
left join unit as county on county.division_code = substr(unit.place_code, 1, 6) and county.level_name = '县'
left join unit as township on township.division_code = substr(unit.place_code, 1, 9) and township.level_name = '乡镇'
left join unit as village on village.division_code = substr(unit.place_code, 1, 12) and village.level_name = '村'
