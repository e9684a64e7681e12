-- What people decided stands above a number, as a number stands above a match.
{%- set counts = "ruled_out.claim_id is null and coalesce(same.person_id = identifier.person_id, true)" %}
select
    claim.claim_id,
    case
        when same.person_id is not null then same.person_id
        when ruled_out.claim_id is null then coalesce(identifier.person_id, matched.person_id)
    end as person_id,
    case
        when same.person_id is not null then 'decided'
        when ruled_out.claim_id is not null then 'ruled_out'
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
    case when {{ counts }} then identifier.sex_code end as id_sex_code,
    case when {{ counts }} then identifier.birth_date end as id_birth_date,
    coalesce(identifier.is_current and {{ counts }}, false) as is_current_id,
    claim.township_code
from {{ ref('said_person') }} as claim
left join {{ ref('person_identifier') }} as identifier on identifier.id_no = claim.linked_id_no
left join {{ ref('person_claim_match') }} as matched
    on matched.claim_id = claim.claim_id and matched.feed = claim.feed and matched.role = claim.role
left join {{ ref('person_decision') }} as same on same.claim_id = claim.claim_id and same.decision = 'same'
left join {{ ref('person_decision') }} as ruled_out
    on ruled_out.claim_id = claim.claim_id
    and ruled_out.person_id = identifier.person_id
    and ruled_out.decision = 'not_same'
