with known_person as (
    select distinct
        identifier.person_id,
        {{ name_key('vouched.name') }} as name_key,
        coalesce(vouched.sex_code, identifier.sex_code) as sex_code,
        coalesce(vouched.birth_date, identifier.birth_date) as birth_date,
        substr(vouched.township_code, 1, 6) as county_code
    from {{ ref('said_vouched') }} as vouched
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = vouched.id_no
),

nameless_claim as (
    select
        feed,
        record_key,
        source_ref,
        {{ name_key('name') }} as name_key,
        sex_code,
        birth_date,
        substr(township_code, 1, 6) as county_code
    from {{ ref('said_unnumbered') }}
),

candidate as (
    select
        claim.record_key,
        count(distinct person.person_id) as person_count,
        max(person.person_id) as person_id,
        max(case when person.county_code = claim.county_code then 1 else 0 end) as is_same_county
    from nameless_claim as claim
    inner join known_person as person
        on person.name_key = claim.name_key
        and person.sex_code = claim.sex_code
        and person.birth_date = claim.birth_date
    group by claim.record_key
)

select
    claim.feed,
    claim.record_key,
    claim.source_ref,
    case when candidate.person_count = 1 and candidate.is_same_county = 1 then candidate.person_id end as person_id,
    case
        when candidate.record_key is null then 'no_candidate'
        when candidate.person_count > 1 then 'not_unique'
        when candidate.is_same_county = 0 then 'other_county'
        else 'name_birth_sex_county'
    end as basis,
    coalesce(candidate.person_count, 0) as candidate_count
from nameless_claim as claim
left join candidate on candidate.record_key = claim.record_key
