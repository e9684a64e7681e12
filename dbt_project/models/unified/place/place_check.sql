-- Small places (九小场所) are checked every half year; the ledger has the last check, inspections have more.
with checked as (
    select place_id, checked_date, source_ref from {{ ref('small_place') }} where {{ seen_on('checked_date') }} is not null
    union all
    select place_id, checked_date, source_ref from {{ ref('inspection') }} where {{ seen_on('checked_date') }} is not null
),

last_check as (
    select
        place_id,
        max(checked_date) as checked_date,
        max_by(source_ref, cast(checked_date as string) || source_ref) as source_ref
    from checked
    group by place_id
)

select
    listed.place_id,
    last_check.checked_date as last_checked_on,
    listed.status_name = '营业'
        and coalesce({{ add_months('last_check.checked_date', 6) }} < {{ as_of() }}, true) as is_overdue,
    listed.township_code,
    coalesce(last_check.source_ref, listed.source_ref) as source_ref
from {{ ref('small_place') }} as listed
left join last_check on last_check.place_id = listed.place_id
