with payment as (
    select
        benefit.*,
        coalesce(person.birth_date, benefit.stated_birth_date) as birth_date,
        row_number() over (partition by benefit.id_no order by benefit.pay_month desc nulls last, benefit.source_ref) as choice
    from {{ ref('benefit') }} as benefit
    left join {{ ref('person') }} as person on person.person_id = benefit.person_id
    where benefit.feed = 'F10' and benefit.is_paid and not benefit.is_back_payment
),

aged as (
    select
        payment.*,
        {{ month_text_number('pay_month') }} - {{ month_number('birth_date') }} as months_old
    from payment
    where choice = 1
),

-- In the month of a birthday the age before and the age after are both right.
ranged as (
    select
        aged.*,
        cast({{ whole_div('months_old', 12) }} as bigint) as age_years,
        cast({{ whole_div('(months_old - 1)', 12) }} as bigint) as youngest_age
    from aged
)

select
    {{ derived_key('payee', ["'F10'", 'ranged.id_no']) }} as entity_key,
    coalesce(ranged.person_id, ranged.record_key) as group_key,
    ranged.township_code,
    ranged.feed,
    ranged.record_key,
    ranged.source_ref,
    ranged.person_id,
    ranged.name,
    ranged.id_no,
    ranged.birth_date,
    ranged.age_years,
    ranged.band_name,
    ranged.pay_month as last_paid_month,
    ranged.youngest_age,
    band.min_age,
    band.max_age
from ranged
left join {{ ref('allowance_band') }} as band
    on band.band_name = ranged.band_name
    and band.valid_from <= {{ as_of() }} and (band.valid_to is null or band.valid_to > {{ as_of() }})
