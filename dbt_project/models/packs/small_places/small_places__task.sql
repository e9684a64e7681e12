-- A check is due a year after the last one; what was to be put right, thirty days after it was found.
with open_place as (
    select *, {{ add_months('checked_date', '12') }} as next_check_on, {{ add_days('checked_date', '30') }} as put_right_by
    from {{ ref('small_places__file') }}
    where status_name = '营业'
),

due as (
    select
        'check' as kind, subject_kind, subject_id, township_code, coalesce(next_check_on, as_of) as due_on,
        case when checked_date is null then 'never_checked' else 'check_overdue' end as reason, source_ref
    from open_place
    where coalesce(next_check_on, as_of) <= as_of
    union all
    select 'put_right', subject_kind, subject_id, township_code, put_right_by, 'to_be_put_right', source_ref
    from open_place
    where check_result = '限期整改'
)

select
    {{ derived_key('task', ["'small_places'", 'kind', 'subject_id']) }} as task_id,
    kind,
    subject_kind,
    subject_id,
    coalesce(township_code, '未分配') as unit_code,
    due_on,
    reason,
    case kind when 'check' then 'checked_date' else 'check_result' end as closes_when,
    source_ref as evidence
from due
