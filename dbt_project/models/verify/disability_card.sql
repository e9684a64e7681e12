-- Of a number that differs from its columns, the first column that does.
with card as (
    select
        *,
        case
            when substr(card_no, 19, 1) <> class_code then 'class_code'
            when substr(card_no, 20, 1) <> level_code then 'level_code'
            when valid_to < delivered_on and subsidy_status = '发放' then 'valid_to'
        end as faulty_field
    from {{ ref('stg_disabled_federation__disability_cards') }}
)

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
    case card.faulty_field
        when 'valid_to' then 'expired_paid'
        when 'class_code' then 'digits_differ'
        when 'level_code' then 'digits_differ'
        else 'ok'
    end as card_state,
    card.faulty_field,
    case card.faulty_field
        when 'valid_to' then cast(card.valid_to as string)
        when 'class_code' then card.class_code
        when 'level_code' then card.level_code
    end as faulty_value
from card
left join {{ ref('person_claim') }} as claim on claim.claim_id = card.record_key
left join {{ ref('person') }} as person on person.person_id = claim.person_id
