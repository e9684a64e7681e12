-- A code means one unit at a time: where the next row of a code begins, the one before has ended. Goes on under the
-- same code on that day, and says no successor: the unit has a new name.
with told as (
    select
        unit_code as division_code,
        name as division_name,
        level_name,
        parent_code,
        valid_from,
        valid_to as told_to,
        successor_code as told_successor,
        predecessor_code,
        grid_officer,
        source_ref,
        lag(valid_from) over (partition by unit_code order by valid_from) as former_from,
        lead(valid_from) over (partition by unit_code order by valid_from) as next_from
    from {{ ref('stg_civil_affairs__divisions') }}
    where valid_from <= {{ as_of() }}
),

version as (
    select
        told.*,
        division_code || '@' || cast(valid_from as string) as division_version_id,
        least(told_to, next_from) as valid_to,
        coalesce(
            told_successor, case when next_from <= coalesce(told_to, next_from) then division_code end
        ) as successor_code,
        case when former_from is not null then valid_from end as means_from,
        next_from as means_until
    from told
),

-- Who takes over on a day is in force then, or the next to be; where all have ended, the last.
dated as (
    select
        version.*,
        valid_to is null or valid_to > {{ as_of() }} as is_current,
        lag(valid_to) over (partition by division_code order by valid_from) as heir_from,
        case when means_until is not null then valid_to end as heir_until
    from version
),

linked as (
    select
        ended.*,
        heir.division_version_id as successor_version_id,
        case when ended.is_current then ended.division_version_id else heir.division_version_id end as pointer
    from dated as ended
    left join dated as heir
        on heir.division_code = ended.successor_code
        and ended.valid_to >= coalesce(heir.heir_from, cast('0001-01-01' as date))
        and ended.valid_to < coalesce(heir.heir_until, cast('9999-12-31' as date))
),
{{ pointer_jump('linked', 'division_version_id') }},

origin as (
    select successor_version_id as division_version_id, division_version_id as predecessor_version_id
    from linked
    where successor_version_id <> division_version_id
    union all
    select founded.division_version_id, former.division_version_id
    from linked as founded
    inner join linked as former
        on {{ division_on('former', 'founded.predecessor_code', add_days('founded.valid_from', -1)) }}
),

before as (
    select division_version_id, {{ list_agg_sorted('predecessor_version_id') }} as predecessor_version_ids
    from origin
    group by division_version_id
)

select
    linked.division_version_id,
    linked.division_code,
    linked.division_name,
    linked.level_name,
    linked.parent_code,
    linked.valid_from,
    linked.valid_to,
    linked.is_current,
    linked.means_from,
    linked.means_until,
    before.predecessor_version_ids,
    linked.successor_code,
    linked.successor_version_id,
    linked.grid_officer,
    linked.source_ref,
    case when target.is_current then target.division_code end as current_code
from linked
left join before on before.division_version_id = linked.division_version_id
left join jump_3 on jump_3.division_version_id = linked.division_version_id
left join linked as target on target.division_version_id = jump_3.pointer
