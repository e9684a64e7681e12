-- A code retired and never taken up again ends on one day; before its first day it is no defect, because rows
-- older than a recoding are recoded, too.
with code_end as (
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
from {{ ref('said_place') }} as claimed
left join code_end on code_end.division_code = claimed.division_code
