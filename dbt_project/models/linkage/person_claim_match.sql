-- Seven ways to find the person of a row without a number, the surest first; the first that finds anybody decides, and
-- only where exactly one person is found and no other row of the feed (in that role) finds the same. Whom people ruled out is not
-- looked for, and a row they gave to a person is that person's in the feed: it takes no other, and another row that finds the
-- same is doubted.
with claim as (
    select
        feed,
        role,
        claim_id,
        record_key,
        source_ref,
        {{ name_key('name') }} as name_key,
        sex_code,
        birth_date,
        {{ number_stem('id_no') }} as number_stem,
        {{ number_order('id_no') }} as number_order,
        {{ name_key('kin_name') }} as kin_key,
        -- Whoever is of the age the role asks for was born by then.
        {{ add_months('coalesce(aged_on, ' ~ as_of() ~ ')', '-12 * least_age') }} as born_by,
        phone,
        -- Rows with one damaged number that still tells people apart (not masked, not filled up with zeros), or that say the same of somebody's name and birth or place in different months, are one
        -- claimant, however often a feed repeats them.
        case
            when length(id_no) >= 15 and not {{ rx_match('id_no', '[^0-9Xx]|0{6}') }} then id_no
            when birth_date is null and current_division_code is null and phone is null then claim_id
            else concat_ws('|', {{ name_key('name') }}, sex_code, cast(birth_date as string), phone,
                {{ name_key('kin_name') }}, current_division_code, company, id_no)
        end as claimant,
        current_division_code as village_code,
        substr(township_code, 1, 6) as county_code,
        company
    from {{ ref('said_unnumbered') }}
),

vouched_person as (
    select distinct
        {{ vouched_person() }},
        vouched.household_no
    from {{ ref('said_vouched') }} as vouched
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = vouched.id_no
    where {{ name_key('vouched.name') }} in (select name_key from claim union select kin_key from claim)
),

-- Whom a register deleted (dead, moved away) may be meant all the same: whoever is left of two namesakes is not the only one. But for
-- somebody of the same name in the same household: that is the same person under a number put right.
gone_person as (
    select distinct
        {{ vouched_person(
            'coalesce(identifier.person_id, vouched.id_no)', resident_id_sex('vouched.id_no'), resident_id_birth('vouched.id_no')
        ) }},
        vouched.household_no
    from {{ ref('said_vouched_once') }} as vouched
    left join {{ ref('person_identifier') }} as identifier on identifier.id_no = vouched.id_no
    left join vouched_person as same_one
        on same_one.household_no = vouched.household_no and same_one.name_key = {{ name_key('vouched.name') }}
    where {{ name_key('vouched.name') }} in (select name_key from claim) and same_one.person_id is null
),

known_person as (
    select vouched_person.*, true as is_vouched from vouched_person
    union all
    select gone_person.*, false as is_vouched from gone_person
),

companion as (
    select distinct company.feed, company.company, identifier.person_id, company.id_no
    from {{ ref('said_company') }} as company
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = company.id_no
),

decided as (
    select said.feed, said.role, said.claim_id, same.person_id
    from {{ ref('said_person') }} as said
    inner join {{ ref('person_decision') }} as same on same.claim_id = said.claim_id
    where same.decision = 'same'
),

-- Whom the feed counts under a number, or as people decided, is not looked for once more among its rows without one.
counted as (
    select feed, person_id from companion
    union
    select feed, person_id from decided
),

family as (
    select distinct claim.claim_id, vouched.household_no
    from claim
    inner join companion on companion.feed = claim.feed and companion.company = claim.company
    inner join {{ ref('said_vouched') }} as vouched on vouched.id_no = companion.id_no
    where vouched.household_no is not null
),

found as (
    select claim.claim_id, 1 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key and person.number_stem = claim.number_stem
    union all
    -- Of a number's place, birth and order one is damaged; the other two are the person's.
    select claim.claim_id, 2 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key
        and person.number_order = claim.number_order
        and (
            substr(person.number_stem, 7) = substr(claim.number_stem, 7)
            or substr(person.number_stem, 1, 10) = substr(claim.number_stem, 1, 10)
        )
    union all
    select claim.claim_id, 3 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key and person.birth_date = claim.birth_date
    inner join known_person as kin
        on kin.household_no = person.household_no
        and kin.name_key = claim.kin_key
        and kin.person_id <> person.person_id
    union all
    select claim.claim_id, 4 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key and person.phone = claim.phone
    left join counted on counted.feed = claim.feed and counted.person_id = person.person_id
    where claim.birth_date is not null or counted.person_id is null
    union all
    select claim.claim_id, 5 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.name_key = claim.name_key
        and person.birth_date = claim.birth_date
        and coalesce(person.sex_code = claim.sex_code, true)
    union all
    select claim.claim_id, 6 as way, {{ found_person() }}
    from claim
    inner join family on family.claim_id = claim.claim_id
    inner join known_person as person
        on person.household_no = family.household_no and person.name_key = claim.name_key
    left join counted on counted.feed = claim.feed and counted.person_id = person.person_id
    where claim.birth_date is null and counted.person_id is null
    union all
    select claim.claim_id, 7 as way, {{ found_person() }}
    from claim
    inner join known_person as person
        on person.village_code = claim.village_code and person.name_key = claim.name_key
    left join counted on counted.feed = claim.feed and counted.person_id = person.person_id
    where claim.birth_date is null and counted.person_id is null
),

-- What is known of both sides is the same, and the role is one the person can have.
compared as (
    select
        found.*,
        found.is_vouched
            and coalesce(found.sex_code = claim.sex_code, true)
            and coalesce(found.birth_date = claim.birth_date, true)
            and coalesce(found.birth_date <= claim.born_by, true)
            and (found.way > 1
                or coalesce(substr(found.number_order, 1, length(claim.number_order)) = claim.number_order, true))
            and (found.way <> 5 or coalesce(found.county_code = claim.county_code, false)) as is_near
    from found
    inner join claim on claim.claim_id = found.claim_id
),

candidate as (
    select
        found.claim_id,
        found.way,
        count(distinct found.person_id) as person_count,
        max(found.person_id) as person_id,
        max(case when found.is_near then 1 else 0 end) as is_near,
        max(case when found.is_vouched then 1 else 0 end) as is_vouched,
        row_number() over (partition by found.claim_id order by found.way) as choice
    from compared as found
    left join {{ ref('person_decision') }} as ruled_out
        on ruled_out.claim_id = found.claim_id
        and ruled_out.person_id = found.person_id
        and ruled_out.decision = 'not_same'
    where ruled_out.claim_id is null
    group by found.claim_id, found.way
),

chosen as (
    select
        claim.*,
        candidate.way,
        candidate.is_near,
        candidate.is_vouched,
        decided.person_id as decided_person_id,
        case when decided.person_id is not null then 1 else coalesce(candidate.person_count, 0) end as person_count,
        case
            when decided.person_id is not null then decided.person_id
            when candidate.person_count = 1 and candidate.is_near = 1 then candidate.person_id
        end as person_id
    from claim
    left join candidate on candidate.claim_id = claim.claim_id and candidate.choice = 1
    left join decided on decided.claim_id = claim.claim_id and decided.feed = claim.feed and decided.role = claim.role
),

shared as (
    select feed, role, person_id from (
        select feed, role, person_id, claimant from chosen where person_id is not null
        union all
        select decided.feed, decided.role, decided.person_id, decided.claim_id as claimant
        from decided
        left join claim on claim.claim_id = decided.claim_id and claim.feed = decided.feed and claim.role = decided.role
        where claim.claim_id is null
    ) as found_or_decided
    group by feed, role, person_id having count(distinct claimant) > 1
)

select
    chosen.feed,
    chosen.role,
    chosen.claim_id,
    chosen.record_key,
    chosen.source_ref,
    case when shared.person_id is null or chosen.decided_person_id is not null then chosen.person_id end as person_id,
    case
        when chosen.decided_person_id is not null then 'decided'
        when chosen.way is null then 'no_candidate'
        when chosen.person_count > 1 or shared.person_id is not null then 'not_unique'
        when chosen.is_vouched = 0 then 'gone'
        when chosen.is_near = 0 then case chosen.way when 5 then 'other_county' else 'contradicted' end
        else case chosen.way
            when 1 then 'name_number'
            when 2 then 'name_number_part'
            when 3 then 'name_birth_kin'
            when 4 then 'name_phone'
            when 5 then 'name_birth_county'
            when 6 then 'name_household'
            else 'name_village'
        end
    end as basis,
    chosen.person_count as candidate_count
from chosen
left join shared
    on shared.feed = chosen.feed and shared.role = chosen.role and shared.person_id = chosen.person_id
