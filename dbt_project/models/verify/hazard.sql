-- A hazard is what its last record says (unified.place_hazard); that record names place and department, too.
select
    {{ derived_key('hazard', ['hazard.hazard_no']) }} as entity_key,
    coalesce(hazard.place_id, record.record_key) as group_key,
    coalesce(hazard.township_code, place.township_code) as township_code,
    record.feed,
    record.record_key,
    hazard.source_ref,
    record.enterprise_id,
    hazard.hazard_no,
    coalesce(record.place_name, place.name) as place_name,
    record.address,
    record.department_name,
    record.item_name,
    hazard.level_name,
    hazard.due_date,
    hazard.closed_date,
    hazard.is_open,
    case when hazard.is_open then {{ days_between('hazard.due_date', as_of()) }} end as days_overdue,
    record.evidence_no,
    record.reopen_count,
    hazard.status_name
from {{ ref('place_hazard') }} as hazard
inner join {{ ref('inspection') }} as record on record.source_ref = hazard.source_ref
left join {{ ref('place') }} as place on place.place_id = hazard.place_id
