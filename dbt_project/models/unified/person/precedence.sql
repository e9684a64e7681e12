-- What the feed's YAML says holds until a steward decides otherwise (docs/unified-database.md).
select
    told.feed,
    told.field,
    case when decided.decision = 'stop' then null else coalesce(decided.rank, told.rank, 99) end as rank,
    coalesce(decided.trusted_months, told.trusted_months) as trusted_months,
    {{ add_months(as_of(), '-coalesce(decided.trusted_months, told.trusted_months)') }} as trusted_since,
    decided.decided_by,
    decided.decided_on,
    decided.reason
from {{ ref('said_rank') }} as told
left join {{ source('ledger', 'precedence') }} as decided on decided.feed = told.feed and decided.field = told.field
