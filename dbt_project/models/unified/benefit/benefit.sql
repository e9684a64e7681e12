{#- county_code is that of today of whoever sent the row; under a code nobody knows, of where its payee lives. -#}
with paid as (
    select
        feed, record_key, source_ref, delivered_on, scope, id_no, name, category as scheme_name, pay_month, amount,
        remark, township_code, coalesce(amount, 0) > 0 as is_paid,
        cast(null as string) as band_name, cast(null as date) as stated_birth_date
    from {{ ref('stg_civil_affairs__social_assistance') }}
    union all
    select
        feed, record_key, source_ref, delivered_on, scope, id_no, name, '高龄津贴' as scheme_name, pay_month, amount,
        remark, township_code, coalesce(status_name, '') = '发放' as is_paid,
        band_name, birth_date as stated_birth_date
    from {{ ref('stg_civil_affairs__old_age_allowance') }}
    union all
    select
        feed, record_key, source_ref, delivered_on, scope, id_no, name,
        '残疾人' || coalesce(nullif(subsidy_type, '无'), '补贴') as scheme_name,
        {{ month_of('delivered_on') }} as pay_month, cast(null as decimal(18, 2)) as amount,
        cast(null as string) as remark, township_code, true as is_paid,
        cast(null as string) as band_name, cast(null as date) as stated_birth_date
    from {{ ref('stg_disabled_federation__disability_cards') }}
    where subsidy_status = '发放'
)

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
from paid
left join {{ ref('person_claim') }} as claim on claim.claim_id = paid.record_key
left join {{ ref('person') }} as person on person.person_id = claim.person_id
left join {{ ref('stg_division_code') }} as sender on sender.division_code = paid.scope
