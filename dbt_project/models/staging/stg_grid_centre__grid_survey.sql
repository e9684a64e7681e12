-- Own SQL: where somebody lives is told by a grid, whose unit must be looked up beside the village it lies in.
with current_row as ({{ current_rows(source('bronze', 'grid_centre__grid_survey'), 'F31') }}),

overlaid as ({{ corrected('current_row', 'F31', ['grid_code', 'living_type']) }}),

identified as ({{ with_identity('overlaid', ['id_no']) }}),

villaged as (select identified.*, substr(grid_code_now, 1, 12) as grid_village_code from identified),

located as ({{ placed('villaged', 'grid_village_code') }})

select
    survey_no,
    grid_code_now as grid_code,
    grid_code as grid_code_delivered,
    {{ value_ref('grid_code') }} as grid_source_ref,
    grid.division_code is not null as is_grid_known,
    grid.current_code as current_grid_code,
    coalesce(substr(grid.current_code, 1, 12), located.current_division_code) as current_division_code,
    coalesce(substr(grid.current_code, 1, 9), located.township_code) as township_code,
    house_no,
    house_address,
    name,
    id_no,
    id_no_defect as id_defect,
    id_no_norm,
    phone,
    living_type_now as living_type,
    living_type as living_type_delivered,
    {{ value_ref('living_type') }} as living_type_source_ref,
    survey_date,
    surveyor,
    {{ correction_columns(['grid_code', 'living_type']) }},
    {{ lineage('F31') }}
from located
left join {{ ref('stg_division_code') }} as grid
    on grid.division_code = located.grid_code_now and grid.level_name = '网格'
