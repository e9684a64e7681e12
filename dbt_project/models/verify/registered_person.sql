with membership as (
    select person_id, count(case when is_active then 1 end) as active_household_count
    from {{ ref('household_member') }}
    group by person_id
),

twice as (
    select member.person_id, {{ list_agg_sorted('member.household_no') }} as household_nos
    from {{ ref('household_member') }} as member
    inner join membership
        on membership.person_id = member.person_id and membership.active_household_count > 1
    where member.is_active
    group by member.person_id
)

select
    {{ derived_key('person', ['speaking.id_no']) }} as entity_key,
    person.person_id as group_key,
    person.township_code,
    'F01' as feed,
    speaking.record_key,
    speaking.source_ref,
    person.person_id,
    person.name,
    speaking.id_no,
    membership.active_household_count,
    coalesce(twice.household_nos, person.household_no) as household_nos
from membership
inner join {{ ref('person') }} as person on person.person_id = membership.person_id
inner join {{ ref('household_member') }} as speaking
    on speaking.person_id = person.person_id and speaking.record_key = person.hukou_record_key
left join twice on twice.person_id = membership.person_id
