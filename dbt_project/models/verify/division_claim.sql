with claimed as (
    select
        feed, record_key as entity_key, record_key, source_ref, name, division_code, township_code,
        coalesce(updated_date, delivered_on) as claimed_on
    from {{ ref('stg_public_security__residents') }}
    where division_code is not null
    {%- for model, title in [
        ('stg_civil_affairs__social_assistance', 'F08'), ('stg_civil_affairs__old_age_allowance', 'F10')
    ] %}
    union all
    -- A payee speaks once per code, through the latest month paid: older months are history.
    select
        feed,
        {{ derived_key('payee_division', ["'" ~ title ~ "'", 'id_no', 'division_code']) }} as entity_key,
        record_key, source_ref, name, division_code, township_code, claimed_on
    from (
        select
            paid.*,
            {{ last_day_of_month("try_cast(pay_month || '-01' as date)") }} as claimed_on,
            rank() over (partition by id_no order by pay_month desc nulls last) as month_choice,
            row_number() over (partition by id_no, division_code order by pay_month desc nulls last, source_ref) as choice
        from {{ ref(model) }} as paid
    ) as ranked
    where month_choice = 1 and choice = 1 and division_code is not null
    {%- endfor %}
    union all
    select feed, record_key, record_key, source_ref, name, division_code, township_code, delivered_on
    from {{ ref('stg_disabled_federation__disability_cards') }}
    where division_code is not null
    union all
    select
        feed, record_key, record_key, source_ref, name, division_code, township_code,
        case when change_type is not null then delivered_on else coalesce(established_date, delivered_on) end
    from {{ ref('stg_market_regulation__enterprises') }}
    where division_code is not null
    union all
    select feed, record_key, record_key, source_ref, name, division_code, township_code, delivered_on
    from {{ ref('stg_medical_insurance__enrolments') }}
    where division_code is not null
),

-- A code retired and never taken up again ends on one day; before its first day it is no defect, because rows
-- older than a recoding are recoded, too.
code_end as (
    select unit_code as division_code, max(coalesce(valid_to, cast('9999-12-31' as date))) as ends_on
    from {{ ref('stg_civil_affairs__divisions') }}
    where valid_from <= {{ as_of() }}
    group by unit_code
)

select
    claimed.entity_key,
    claimed.entity_key as group_key,
    claimed.township_code,
    claimed.feed,
    claimed.record_key,
    claimed.source_ref,
    claimed.name,
    claimed.division_code,
    claimed.claimed_on,
    case
        when code_end.division_code is null then 'unknown'
        when code_end.ends_on <= claimed.claimed_on then 'retired_on_date'
    end as division_defect
from claimed
left join code_end on code_end.division_code = claimed.division_code
