-- A hazard is told anew each time something happens to it; its last record says how it stands.
select
    place_id,
    record_no as hazard_no,
    inspection_no,
    level_name,
    due_date,
    closed_date,
    status_name,
    coalesce(status_name, '') <> '已销号' as is_open,
    township_code,
    source_ref
from (
    select
        told.*,
        row_number() over (
            partition by record_no order by {{ seen_on('updated_date') }} desc nulls last, delivery_seq desc, source_ref
        ) as choice
    from {{ ref('inspection') }} as told
    where record_type = '隐患整改'
) as ranked
where choice = 1
