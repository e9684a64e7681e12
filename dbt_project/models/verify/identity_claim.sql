with compared as (
    select
        claim.*,
        id_defect is null and birth_date is not null and birth_date <> id_birth_date as is_birth_different,
        id_defect is null and sex_code in ('1', '2') and sex_code <> id_sex_code as is_sex_different
    from {{ ref('person_claim') }} as claim
    where id_no is not null
)

select
    compared.claim_id as entity_key,
    coalesce(compared.person_id, compared.claim_id) as group_key,
    coalesce(compared.township_code, person.township_code) as township_code,
    compared.feed,
    compared.role,
    compared.id_field,
    compared.record_key,
    compared.source_ref,
    compared.person_id,
    compared.id_no,
    compared.name,
    compared.birth_date,
    compared.sex_code,
    compared.id_defect,
    case
        when compared.is_birth_different and compared.is_sex_different then 'birth_and_sex'
        when compared.is_birth_different then 'birth'
        when compared.is_sex_different then 'sex'
    end as identity_conflict
from compared
left join {{ ref('person') }} as person on person.person_id = compared.person_id
