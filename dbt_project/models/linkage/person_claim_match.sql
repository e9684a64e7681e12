with known_person as (
    {%- for model, id, sex, birth in [
        ('stg_public_security__residents', 'coalesce(row_.id_no_norm, row_.id_no)', 'row_.sex_code', 'row_.birth_date'),
        ('stg_medical_insurance__enrolments', 'row_.id_no_norm', 'row_.sex_code', 'row_.birth_date'),
        ('stg_grid_centre__grid_survey', 'row_.id_no_norm',
            resident_id_sex('row_.id_no_norm'), resident_id_birth('row_.id_no_norm')),
    ] %}
    select
        identifier.person_id,
        {{ name_key('row_.name') }} as name_key,
        {{ sex }} as sex_code,
        {{ birth }} as birth_date,
        substr(row_.township_code, 1, 6) as county_code
    from {{ ref(model) }} as row_
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = {{ id }}
    where row_.name is not null
    {{ "union" if not loop.last }}
    {%- endfor %}
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
    from {{ ref('stg_health__death_certificates') }}
    where id_no is null
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
