-- Households of the hukou; those a department numbers for itself are not theirs. No number said, no household.
-- A person may stand in a household under an old and a new number: the active row, then the newest, speaks. Few do,
-- so only those are ranked, by keys alone: the rows themselves are wide and pass by once.
with member as (
    select listed.household_no, claim.person_id, listed.record_key, listed.status_name, listed.updated_date,
        listed.delivery_seq, listed.source_ref
    from {{ ref('said_household') }} as listed
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = listed.claim_id and claim.feed = listed.feed
    where listed.numbers = 'hukou' and listed.household_no <> ''
),

repeated as (
    select household_no, person_id from member group by household_no, person_id having count(*) > 1
),

outranked as (
    select record_key from (
        select
            member.record_key,
            row_number() over (
                partition by member.household_no, member.person_id
                order by case when member.status_name = '正常' then 0 else 1 end,
                    member.updated_date desc nulls last, member.delivery_seq desc, member.source_ref
            ) as choice
        from member
        inner join repeated
            on repeated.household_no = member.household_no
            and coalesce(repeated.person_id, '') = coalesce(member.person_id, '')
    ) as ranked
    where choice > 1
)

select
    {{ derived_key('household', ['listed.household_no']) }} as household_id,
    listed.household_no,
    claim.person_id,
    listed.relation_code,
    listed.status_name,
    listed.status_source_ref,
    listed.status_name = '正常' as is_active,
    listed.household_type,
    listed.ethnic_code,
    listed.current_division_code,
    listed.township_code,
    listed.hukou_address,
    listed.updated_date,
    listed.delivery_seq,
    listed.id_no,
    listed.record_key,
    listed.source_ref
from {{ ref('said_household') }} as listed
inner join {{ ref('person_claim') }} as claim on claim.claim_id = listed.claim_id and claim.feed = listed.feed
left join outranked on outranked.record_key = listed.record_key
where listed.numbers = 'hukou' and listed.household_no <> '' and outranked.record_key is null
