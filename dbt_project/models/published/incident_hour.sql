{#- Where a grid is not in force under the township of the happening, the township alone is told. -#}
with placed as (
    select
        incident.incident_id,
        incident.township_code,
        grid.division_code as grid_code,
        grid.division_name as grid_name,
        grid.parent_code as village_code,
        cast(extract(hour from incident.reported_at) as bigint) as report_hour
    from {{ ref('incident') }} as incident
    left join {{ ref('division') }} as grid
        on grid.division_code = incident.grid_code
        and grid.township_code = incident.township_code
        and grid.level_name = '网格'
        and grid.is_current
    where incident.reported_at is not null
)

select
    township.county_name,
    township.township_name,
    placed.township_code,
    village.division_name as village_name,
    placed.village_code,
    placed.grid_name,
    placed.grid_code,
    placed.report_hour,
    count(*) as incident_count
from placed
inner join {{ ref('division') }} as township
    on township.division_code = placed.township_code and township.level_name = '乡镇'
left join {{ ref('division') }} as village on village.division_code = placed.village_code
group by
    township.county_name, township.township_name, placed.township_code, village.division_name, placed.village_code,
    placed.grid_name, placed.grid_code, placed.report_hour
