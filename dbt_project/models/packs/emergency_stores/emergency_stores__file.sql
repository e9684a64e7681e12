select
    case when listed.record_type = '物资' then 'emergency_supply' else 'emergency_post' end as subject_kind,
    listed.record_key as subject_id,
    listed.township_code,
    {{ as_of() }} as as_of,
    listed.record_type,
    listed.store_no,
    listed.store_name,
    listed.division_code,
    listed.item_code,
    listed.item_name,
    listed.quantity,
    listed.minimum_quantity,
    listed.unit,
    listed.expiry_date,
    listed.duty_name,
    listed.person_name as responsible_name,
    listed.phone as responsible_phone,
    goods.stock_defect,
    person.stock_defect as responsible_defect,
    listed.feed,
    listed.source_ref
from {{ ref('stg_emergency__emergency_stock') }} as listed
left join {{ ref('responsible_stock') }} as goods on goods.entity_key = listed.record_key
left join {{ ref('responsible_stock') }} as person
    on person.entity_key = {{ derived_key('responsible_person', ['listed.feed', 'listed.id_no']) }}
