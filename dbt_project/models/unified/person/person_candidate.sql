-- A view: who asks why a value won asks about a few people, and the claims are kept anyway (docs/adr/0013-values.md).
with candidate as (
    select person_id, 'name' as field, returned_name as value, feed, source_ref
    from {{ ref('person_claim') }}
    where person_id is not null and returned_name is not null
    union all
    select person_id, 'sex_code', returned_sex_code, feed, source_ref
    from {{ ref('person_claim') }}
    where person_id is not null and returned_sex_code is not null
    union all
    select person_id, 'birth_date', cast(returned_birth_date as string), feed, source_ref
    from {{ ref('person_claim') }}
    where person_id is not null and returned_birth_date is not null
)

select
    candidate.person_id,
    candidate.field,
    candidate.value,
    candidate.feed,
    candidate.source_ref,
    precedence.rank,
    coalesce(candidate.source_ref = case candidate.field
        when 'name' then valued.name_source_ref
        when 'sex_code' then valued.sex_source_ref
        else valued.birth_source_ref
    end and candidate.value = case candidate.field
        when 'name' then valued.name
        when 'sex_code' then valued.sex_code
        else cast(valued.birth_date as string)
    end, false) as won
from candidate
left join {{ ref('said_rank') }} as precedence
    on precedence.feed = candidate.feed and precedence.field = candidate.field
left join {{ ref('person_value') }} as valued on valued.person_id = candidate.person_id
