with membership as (
    select
        person_id,
        count(distinct case when is_active then household_no end) as active_household_count,
        {{ list_agg_sorted("case when is_active then household_no end") }} as household_nos
    from {{ ref('household_member') }}
    group by person_id
)

select
    {{ derived_key('person', ['resident.id_no']) }} as entity_key,
    person.person_id as group_key,
    coalesce(person.hukou_township_code, person.township_code) as township_code,
    resident.feed,
    resident.record_key,
    resident.source_ref,
    person.person_id,
    person.name,
    resident.id_no,
    membership.active_household_count,
    membership.household_nos
from membership
inner join {{ ref('person') }} as person on person.person_id = membership.person_id
inner join {{ ref('stg_public_security__residents') }} as resident on resident.record_key = person.hukou_record_key
