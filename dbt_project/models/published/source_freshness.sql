select
    feed,
    department,
    scope,
    scope_name,
    county_name,
    last_good_period as newest_period,
    last_good_on as newest_on,
    behind_period as due_period,
    days_behind,
    state <> 'current' as is_stale
from {{ source('ledger', 'freshness') }}
where as_of = {{ as_of() }}
