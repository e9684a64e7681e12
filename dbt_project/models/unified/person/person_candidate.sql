-- A view: who asks why a value won asks about a few people, and the claims are kept anyway (docs/adr/0013-values.md).
with claimed as (
    select person_id, feed, source_ref, seen_date, returned_name, returned_sex_code, returned_birth_date, id_birth_date
    from {{ ref('person_claim') }}
    where person_id is not null
),

candidate as (
    select person_id, 'name' as field, returned_name as value, feed, source_ref, seen_date
    from claimed
    where returned_name is not null
    union all
    select person_id, 'sex_code', returned_sex_code, feed, source_ref, seen_date
    from claimed
    where returned_sex_code is not null
    union all
    select person_id, 'birth_date', cast(returned_birth_date as string), feed, source_ref, seen_date
    from claimed
    where returned_birth_date is not null
    union all
    select claim.person_id, 'residence', said.township_code, said.feed, said.source_ref, said.seen_date
    from {{ ref('said_residence') }} as said
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = said.claim_id and claim.feed = said.feed
    where claim.person_id is not null and said.township_code is not null
),

judged as (
    select
        candidate.*,
        precedence.rank,
        coalesce(candidate.seen_date < precedence.trusted_since, false) as is_old,
        candidate.field = 'name' and {{ is_unreadable('candidate.value') }} as is_unreadable,
        candidate.field in ('sex_code', 'birth_date') and numbered.birth_date is not null as is_numbered,
        coalesce(candidate.source_ref = case candidate.field
            when 'name' then valued.name_source_ref
            when 'sex_code' then valued.sex_source_ref
            when 'birth_date' then valued.birth_source_ref
            else residence.source_ref
        end and candidate.value = case candidate.field
            when 'name' then valued.name
            when 'sex_code' then valued.sex_code
            when 'birth_date' then cast(valued.birth_date as string)
            else residence.township_code
        end, false) as won
    from candidate
    left join {{ ref('precedence') }} as precedence
        on precedence.feed = candidate.feed and precedence.field = candidate.field
    left join {{ ref('person_value') }} as valued on valued.person_id = candidate.person_id
    left join {{ ref('person_residence') }} as residence on residence.person_id = candidate.person_id
    left join {{ ref('person_identifier') }} as numbered
        on numbered.person_id = candidate.person_id and numbered.is_current
)

select
    person_id,
    field,
    value,
    feed,
    source_ref,
    seen_date,
    rank,
    won,
    case
        when is_numbered then 'number'
        when rank is null then 'stopped'
        when won and is_unreadable then 'only_unreadable'
        when is_unreadable then 'unreadable'
        when won and is_old then 'only_old'
        when won then 'first'
        when is_old then 'old'
        when rank > min(case when won then rank end) over (partition by person_id, field) then 'outranked'
        else 'older'
    end as because
from judged
