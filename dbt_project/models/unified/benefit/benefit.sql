{#- county_code is that of today of whoever sent the row; under a code nobody knows, of where its payee lives. -#}
select
    {{ derived_key('benefit', ['paid.record_key']) }} as benefit_id,
    claim.person_id,
    paid.feed,
    paid.scheme_name,
    paid.pay_month,
    paid.amount,
    paid.is_paid,
    coalesce(paid.remark like '补发%', false) as is_back_payment,
    paid.remark,
    paid.band_name,
    paid.id_no,
    paid.name,
    paid.stated_birth_date,
    coalesce(paid.township_code, person.township_code) as township_code,
    coalesce(
        sender.current_code, substr(coalesce(paid.township_code, person.township_code), 1, 6), paid.scope
    ) as county_code,
    paid.delivered_on,
    paid.record_key,
    paid.source_ref
from {{ ref('said_benefit') }} as paid
left join {{ ref('person_claim') }} as claim on claim.claim_id = paid.claim_id
left join {{ ref('person') }} as person on person.person_id = claim.person_id
left join {{ ref('stg_division_code') }} as sender on sender.division_code = paid.scope
