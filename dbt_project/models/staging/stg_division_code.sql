with version as (
    select
        unit_code as division_code,
        name as division_name,
        level_name,
        parent_code,
        valid_from,
        valid_to,
        successor_code,
        grid_officer,
        source_ref,
        valid_to is null or valid_to > {{ as_of() }} as is_current
    from {{ ref('stg_civil_affairs__divisions') }}
    where valid_from <= {{ as_of() }}
),

latest as (
    select * from (
        select
            version.*,
            row_number() over (
                partition by division_code
                order by is_current desc, valid_from desc nulls last, source_ref
            ) as newest
        from version
    ) as ranked
    where newest = 1
),

start_code as (
    select division_code, case when is_current then division_code else successor_code end as pointer
    from latest
),
{{ pointer_jump('start_code', 'division_code') }}

select
    latest.division_code,
    latest.division_name,
    latest.level_name,
    latest.parent_code,
    latest.valid_from,
    latest.valid_to,
    latest.is_current,
    latest.successor_code,
    latest.grid_officer,
    latest.source_ref,
    case when target.is_current then target.division_code end as current_code
from latest
left join jump_3 on jump_3.division_code = latest.division_code
left join latest as target on target.division_code = jump_3.pointer
