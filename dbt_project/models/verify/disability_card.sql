select
    card.record_key as entity_key,
    coalesce(claim.person_id, card.record_key) as group_key,
    coalesce(card.township_code, person.township_code) as township_code,
    card.feed,
    card.record_key,
    card.source_ref,
    claim.person_id,
    card.name,
    card.card_no,
    card.class_code,
    card.level_code,
    card.valid_to,
    card.subsidy_type,
    card.subsidy_status,
    case
        when substr(card.card_no, 19, 1) <> card.class_code or substr(card.card_no, 20, 1) <> card.level_code then 'digits_differ'
        when card.valid_to < card.delivered_on and card.subsidy_status = '发放' then 'expired_paid'
        else 'ok'
    end as card_state
from {{ ref('stg_disabled_federation__disability_cards') }} as card
left join {{ ref('person_claim') }} as claim on claim.claim_id = card.record_key
left join {{ ref('person') }} as person on person.person_id = claim.person_id
