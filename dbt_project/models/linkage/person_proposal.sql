-- Rows that no way gave to a person, and whom they may mean all the same: evidence that is too weak, or not unique, to
-- count by itself. People decide; a pair they have decided on is not proposed again.
with claim as (
    select
        said.*,
        match.basis,
        {{ name_key('said.name') }} as name_key,
        {{ number_stem('said.id_no') }} as number_stem,
        {{ number_order('said.id_no') }} as number_order,
        substr(said.township_code, 1, 6) as county_code
    from {{ ref('said_unnumbered') }} as said
    inner join {{ ref('person_claim_match') }} as match on match.claim_id = said.claim_id
    where match.person_id is null
        and (said.birth_date is not null or said.phone is not null or said.current_division_code is not null
            or {{ number_stem('said.id_no') }} is not null)
),

known_person as (
    select distinct
        {{ vouched_person() }},
        vouched.name
    from {{ ref('said_vouched') }} as vouched
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = vouched.id_no
),

found as (
    select claim.claim_id, person.person_id, 'name_birth' as evidence
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key and person.birth_date = claim.birth_date
    union all
    select claim.claim_id, person.person_id, 'name_phone' as evidence
    from claim
    inner join known_person as person on person.name_key = claim.name_key and person.phone = claim.phone
    union all
    select claim.claim_id, person.person_id, 'name_village' as evidence
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key and person.village_code = claim.current_division_code
    union all
    select claim.claim_id, person.person_id, 'name_number' as evidence
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key
        and (
            person.number_stem = claim.number_stem
            or (
                person.number_order = claim.number_order
                and (
                    substr(person.number_stem, 7) = substr(claim.number_stem, 7)
                    or substr(person.number_stem, 1, 6) = substr(claim.number_stem, 1, 6)
                )
            )
        )
    union all
    select claim.claim_id, person.person_id, 'birth_phone' as evidence
    from claim
    inner join known_person as person on person.birth_date = claim.birth_date and person.phone = claim.phone
    union all
    select claim.claim_id, person.person_id, 'near_name_birth_county' as evidence
    from claim
    inner join known_person as person
        on person.birth_date = claim.birth_date and person.county_code = claim.county_code
    where coalesce(person.sex_code = claim.sex_code, true) and {{ near_name('person.name', 'claim.name') }}
),

paired as (
    select
        claim_id,
        person_id,
        concat(
            max(case when evidence = 'name_birth' then 'name_birth ' else '' end),
            max(case when evidence = 'name_phone' then 'name_phone ' else '' end),
            max(case when evidence = 'name_village' then 'name_village ' else '' end),
            max(case when evidence = 'name_number' then 'name_number ' else '' end),
            max(case when evidence = 'birth_phone' then 'birth_phone ' else '' end),
            max(case when evidence = 'near_name_birth_county' then 'near_name_birth_county ' else '' end)
        ) as agreement
    from found
    group by claim_id, person_id
),

counted as (
    select paired.*, count(*) over (partition by paired.claim_id) as candidate_count
    from paired
    left join {{ ref('person_decision') }} as decided
        on decided.claim_id = paired.claim_id and decided.person_id = paired.person_id
    where decided.claim_id is null
)

select
    claim.feed,
    claim.role,
    claim.claim_id,
    claim.record_key,
    claim.source_ref,
    counted.person_id,
    claim.id_no,
    claim.name,
    claim.sex_code,
    claim.birth_date,
    claim.township_code,
    claim.phone,
    claim.kin_name,
    claim.basis,
    counted.candidate_count,
    counted.agreement
from counted
inner join claim on claim.claim_id = counted.claim_id
-- Of more nobody can tell one.
where counted.candidate_count <= 5
