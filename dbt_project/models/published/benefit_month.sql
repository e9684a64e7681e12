{#- A month that a stale source still owes is no month without payments: what it last said stays for that month, marked. -#}
with paid as (
    select
        feed, county_code, person_id, benefit_id, township_code, scheme_name, pay_month, amount,
        pay_month as source_month
    from {{ ref('benefit') }}
    where is_paid
),

stale as (
    select feed, scope as county_code, substr(behind_period, 1, 4) || '-' || substr(behind_period, 5, 2) as from_month
    from {{ source('ledger', 'freshness') }}
    where as_of = {{ as_of() }} and behind_period is not null
),

told as (
    select distinct feed, county_code, pay_month from paid
    where pay_month is not null
),

due as (
    select feed, pay_month from told
    union
    select feed, from_month from stale
),

owed as (
    select stale.feed, stale.county_code, due.pay_month, max(told.pay_month) as source_month
    from stale
    inner join due on due.feed = stale.feed and due.pay_month >= stale.from_month
    inner join told
        on told.feed = stale.feed and told.county_code = stale.county_code and told.pay_month < due.pay_month
    left join told as there
        on there.feed = stale.feed and there.county_code = stale.county_code and there.pay_month = due.pay_month
    where there.feed is null
    group by stale.feed, stale.county_code, due.pay_month
),

shown as (
    select * from paid
    union all
    select
        paid.feed, paid.county_code, paid.person_id, paid.benefit_id, paid.township_code, paid.scheme_name,
        owed.pay_month, paid.amount, paid.source_month
    from owed
    inner join paid
        on paid.feed = owed.feed and paid.county_code = owed.county_code and paid.pay_month = owed.source_month
)

select
    coalesce(township.county_name, sender.division_name, '不明') as county_name,
    coalesce(township.township_name, '不明') as township_name,
    shown.township_code,
    shown.scheme_name,
    shown.pay_month,
    count(distinct coalesce(shown.person_id, shown.benefit_id)) as payee_count,
    cast(sum(shown.amount) as decimal(18, 2)) as amount,
    min(shown.source_month) as source_month,
    coalesce(min(shown.source_month) < shown.pay_month, false) as is_stale
from shown
left join {{ ref('division') }} as township
    on township.division_code = shown.township_code and township.level_name = '乡镇'
left join {{ ref('division') }} as sender on sender.division_code = shown.county_code and sender.level_name = '县'
group by
    coalesce(township.county_name, sender.division_name, '不明'), coalesce(township.township_name, '不明'),
    shown.township_code, shown.scheme_name, shown.pay_month
