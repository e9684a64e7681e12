select
    'place' as subject_kind,
    listed.record_key as subject_id,
    listed.township_code,
    {{ as_of() }} as as_of,
    listed.place_no,
    listed.place_name,
    listed.place_kind,
    listed.business_type,
    listed.address,
    listed.division_code,
    listed.grid_code,
    listed.owner_name,
    listed.owner_phone,
    listed.area,
    listed.is_lived_in,
    listed.extinguisher_count,
    listed.status_name,
    listed.checked_date,
    listed.check_result,
    case
        when licensed.licence_kind is null then 'not_needed'
        when licensed.licence_defect = 'unlicensed' then 'unlicensed'
        when listed.status_name = '营业' then 'licensed'
        else 'not_open'
    end as licence_state,
    listed.feed,
    listed.source_ref
from {{ ref('stg_fire_rescue__small_places') }} as listed
inner join {{ ref('licensed_place') }} as licensed on licensed.entity_key = listed.record_key and licensed.feed = listed.feed
