with counted as (
    select
        household_id,
        household_no,
        max(household_type) as household_type,
        count(case when is_active then 1 end) as member_count,
        count(case when is_active and relation_code = '01' then 1 end) as head_count,
        count(case when status_name = '死亡注销' and relation_code = '01' then 1 end) as dead_head_count,
        min(case when is_active and relation_code = '01' then person_id end) as head_person_id,
        min(case when is_active then source_ref end) as first_active_ref,
        min(source_ref) as first_ref,
        min(case when relation_code = '01' and is_active then source_ref end) as head_ref
    from {{ ref('household_member') }}
    group by household_id, household_no
)

select
    counted.household_id,
    counted.household_no,
    counted.household_type,
    speaking.current_division_code as division_code,
    speaking.township_code,
    counted.member_count,
    counted.head_count,
    counted.head_person_id,
    case
        when counted.member_count = 0 then 'empty'
        when counted.head_count = 1 then 'one_head'
        when counted.head_count > 1 then 'two_heads'
        when counted.dead_head_count > 0 then 'dead_head'
        else 'no_head'
    end as head_state,
    speaking.record_key,
    speaking.source_ref
from counted
inner join {{ ref('household_member') }} as speaking
    on speaking.household_id = counted.household_id
    and speaking.source_ref = coalesce(counted.head_ref, counted.first_active_ref, counted.first_ref)
