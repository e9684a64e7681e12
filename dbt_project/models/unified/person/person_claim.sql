select
    claim.claim_id,
    coalesce(identifier.person_id, matched.person_id) as person_id,
    case
        when identifier.person_id is not null then identifier.basis
        else coalesce(matched.basis, 'unmatched')
    end as basis,
    claim.feed,
    claim.role,
    claim.id_field,
    claim.record_key,
    claim.source_ref,
    claim.delivered_on,
    claim.seen_date,
    claim.id_no,
    claim.id_defect,
    claim.id_no_norm,
    claim.name,
    claim.sex_code,
    claim.birth_date,
    claim.returned_name,
    claim.returned_sex_code,
    claim.returned_birth_date,
    identifier.sex_code as id_sex_code,
    identifier.birth_date as id_birth_date,
    coalesce(identifier.is_current, false) as is_current_id,
    claim.township_code
from {{ ref('said_person') }} as claim
left join {{ ref('person_identifier') }} as identifier on identifier.id_no = claim.linked_id_no
left join {{ ref('person_claim_match') }} as matched
    on matched.claim_id = claim.claim_id and matched.feed = claim.feed and matched.role = claim.role
