-- Visits of one place meet each other there only, so that a firm's branches are not taken for one place; those of a joint
-- inspection bear its number.
with visit as (
    select
        stated.*,
        coalesce(firm.uscc, stated.uscc, stated.place_no) as inspected_no
    from {{ ref('inspection') }} as stated
    left join {{ ref('enterprise') }} as firm on firm.enterprise_id = stated.enterprise_id
    where stated.record_type = '检查记录'
),

met as (
    select
        visit.*,
        before.department_name as earlier_department_name,
        before.inspection_no as earlier_inspection_no,
        before.checked_date as earlier_checked_date,
        before.source_ref as earlier_source_ref,
        {{ days_between('before.checked_date', 'visit.checked_date') }} as days_apart
    from visit
    inner join visit as before on before.place_id = visit.place_id and before.item_code = visit.item_code
    where visit.inspected_no is not null
        and before.department_name <> visit.department_name
        and coalesce(before.joint_no, before.record_key) <> coalesce(visit.joint_no, visit.record_key)
        and (
            before.checked_date < visit.checked_date
            or (before.checked_date = visit.checked_date and before.record_key < visit.record_key)
        )
),

closest as (
    select
        met.*,
        row_number() over (
            partition by inspected_no, item_code order by days_apart, checked_date desc, record_key, earlier_source_ref
        ) as choice
    from met
)

select
    {{ derived_key('inspected_item', ['inspected_no', 'item_code']) }} as entity_key,
    coalesce(place_id, record_key) as group_key,
    township_code,
    feed,
    record_key,
    source_ref,
    enterprise_id,
    place_name,
    address,
    item_code,
    item_name,
    department_name,
    inspection_no,
    checked_date,
    earlier_department_name,
    earlier_inspection_no,
    earlier_checked_date,
    earlier_source_ref,
    days_apart
from closest
where choice = 1
