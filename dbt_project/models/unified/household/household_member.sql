-- A person may stand in a household under an old and a new number: the active row, then the newest, speaks. Few do,
-- so only those are ranked, by keys alone: the rows themselves are wide and pass by once.
with member as (
    select resident.household_no, claim.person_id, resident.record_key, resident.status_name, resident.updated_date,
        resident.delivery_seq, resident.source_ref
    from {{ ref('stg_public_security__residents') }} as resident
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = resident.record_key
    where claim.feed = 'F01'
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
            on coalesce(repeated.household_no, '') = coalesce(member.household_no, '')
            and coalesce(repeated.person_id, '') = coalesce(member.person_id, '')
    ) as ranked
    where choice > 1
)

select
    {{ derived_key('household', ['resident.household_no']) }} as household_id,
    resident.household_no,
    claim.person_id,
    resident.relation_code,
    resident.status_name,
    resident.status_source_ref,
    resident.status_name = '正常' as is_active,
    resident.household_type,
    resident.ethnic_code,
    resident.current_division_code,
    resident.township_code,
    resident.hukou_address,
    resident.updated_date,
    resident.delivery_seq,
    resident.id_no,
    resident.record_key,
    resident.source_ref
from {{ ref('stg_public_security__residents') }} as resident
inner join {{ ref('person_claim') }} as claim on claim.claim_id = resident.record_key and claim.feed = 'F01'
left join outranked on outranked.record_key = resident.record_key
where outranked.record_key is null
