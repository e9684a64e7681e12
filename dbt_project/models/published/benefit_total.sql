{#- Added up from the townships' figures, so that what analysts are not shown of those is told by nothing but their sum. -#}
select
    scheme_name,
    pay_month,
    cast(sum(payee_count) as bigint) as payee_count,
    cast(sum(amount) as decimal(18, 2)) as amount,
    max(case when is_stale then 1 else 0 end) = 1 as is_stale
from {{ ref('benefit_month') }}
group by scheme_name, pay_month
