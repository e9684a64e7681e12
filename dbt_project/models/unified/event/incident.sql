-- A grid tells the place better than a clerk at the telephone; a happening is closed when every report of it is.
with counted as (
    select
        incident_id,
        count(*) as report_count,
        count(distinct feed) as platform_count,
        min(reported_at) as reported_at,
        case when count(closed_at) = count(*) then max(closed_at) end as closed_at,
        min(case when grid_code is not null then grid_code end) as grid_code,
        min(case when grid_code is not null then township_code end) as grid_township_code,
        min(township_code) as township_code,
        max(part_code) as part_code
    from {{ ref('incident_report') }}
    where not is_void
    group by incident_id
),

first_report as (
    select * from (
        select
            report.*,
            row_number() over (
                partition by incident_id order by reported_at nulls last, feed, record_key
            ) as choice
        from {{ ref('incident_report') }} as report
        where not is_void
    ) as ranked
    where choice = 1
)

select
    counted.incident_id,
    first_report.incident_class_code,
    kind.incident_class_name,
    counted.reported_at,
    counted.closed_at,
    counted.closed_at is not null as is_closed,
    counted.report_count,
    counted.platform_count,
    counted.grid_code,
    coalesce(counted.grid_township_code, counted.township_code) as township_code,
    counted.part_code,
    first_report.feed as first_feed,
    first_report.record_key,
    first_report.source_ref
from counted
inner join first_report on first_report.incident_id = counted.incident_id
left join {{ source('reference', 'incident_class') }} as kind on kind.incident_class_code = first_report.incident_class_code
