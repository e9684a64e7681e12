with payment as (
    select
        benefit.*,
        person.life_word,
        person.death_date,
        person.death_feed,
        person.death_source_ref,
        person.township_code as person_township_code,
        not benefit.is_back_payment and benefit.pay_month > {{ month_of('person.death_date') }} as is_after_death,
        row_number() over (
            partition by benefit.feed, benefit.id_no order by benefit.pay_month desc nulls last, benefit.source_ref
        ) as choice
    from {{ ref('benefit') }} as benefit
    left join {{ ref('person') }} as person on person.person_id = benefit.person_id
    where benefit.is_paid
),

-- What is known of a feed and county begins with the oldest month held and ends with the newest.
held as (
    select feed, county_code, min(pay_month) as first_month, max(pay_month) as latest_month
    from {{ ref('benefit') }}
    group by feed, county_code
),

payee as (
    select
        feed,
        id_no,
        count(distinct case when is_after_death then pay_month end) as months_paid_after_death,
        cast(sum(case when is_after_death then amount end) as decimal(18, 2)) as amount_after_death,
        max(case when is_after_death then pay_month end) as last_month_after_death,
        max(pay_month) as last_paid_month
    from payment
    group by feed, id_no
)

select
    {{ derived_key('payee', ['payee.feed', 'payee.id_no']) }} as entity_key,
    coalesce(latest.person_id, latest.record_key) as group_key,
    coalesce(latest.person_township_code, latest.township_code) as township_code,
    latest.feed,
    latest.record_key,
    latest.source_ref,
    latest.person_id,
    latest.name,
    latest.id_no,
    latest.scheme_name,
    latest.life_word,
    latest.death_date,
    latest.death_feed,
    latest.death_source_ref,
    payee.months_paid_after_death,
    payee.amount_after_death,
    payee.last_paid_month,
    held.first_month,
    held.latest_month,
    case
        when payee.last_month_after_death >= held.latest_month then 'still_paid'
        when payee.last_month_after_death is not null then 'not_paid'
    end as after_death_state
from payee
inner join payment as latest
    on latest.feed = payee.feed and latest.id_no = payee.id_no and latest.choice = 1
left join held on held.feed = latest.feed and held.county_code = latest.county_code
