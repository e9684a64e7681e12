-- A person may stand in a household under an old and a new number: the active row, then the newest, speaks.
select
    {{ derived_key('household', ['household_no']) }} as household_id,
    household_no,
    person_id,
    relation_code,
    status_name,
    status_source_ref,
    status_name = '正常' as is_active,
    household_type,
    ethnic_code,
    current_division_code,
    township_code,
    hukou_address,
    updated_date,
    delivery_seq,
    id_no,
    record_key,
    source_ref
from (
    select
        resident.*,
        claim.person_id,
        row_number() over (
            partition by resident.household_no, claim.person_id
            order by case when resident.status_name = '正常' then 0 else 1 end,
                resident.updated_date desc nulls last, resident.delivery_seq desc, resident.source_ref
        ) as choice
    from {{ ref('stg_public_security__residents') }} as resident
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = resident.record_key
) as ranked
where choice = 1
