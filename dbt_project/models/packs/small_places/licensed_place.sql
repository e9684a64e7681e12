{{ config(schema='verify') }}
-- A place and its licence know each other by any of three marks: the licence's number, the credit code, the owner's number.
with small_licence as (
    select * from {{ ref('stg_market_regulation__licences') }}
    where licence_kind in (select licence_kind from {{ ref('small_places__licence_needed') }})
        and status_name = '有效' and valid_to >= {{ as_of() }}
),

place as (
    select listed.*, needed.licence_kind
    from {{ ref('stg_fire_rescue__small_places') }} as listed
    left join {{ ref('small_places__licence_needed') }} as needed on needed.business_type = listed.business_type
),

licence_mark as (
    {%- for mark in ['licence_no', 'uscc', 'holder_id_no'] %}
    select record_key, licence_kind, {{ mark }} as mark from small_licence where {{ mark }} is not null
    {{ "union" if not loop.last }}
    {%- endfor %}
),

place_mark as (
    {%- for mark in ['licence_no', 'uscc', 'owner_id_no'] %}
    select record_key, licence_kind, {{ mark }} as mark from place where licence_kind is not null and {{ mark }} is not null
    {{ "union" if not loop.last }}
    {%- endfor %}
),

known as (
    select distinct place_mark.record_key as place_key, licence_mark.record_key as licence_key
    from place_mark
    inner join licence_mark
        on licence_mark.licence_kind = place_mark.licence_kind and licence_mark.mark = place_mark.mark
)

select
    place.record_key as entity_key,
    place.record_key as group_key,
    place.township_code,
    place.feed,
    place.record_key,
    place.source_ref,
    place.place_name as name,
    place.business_type,
    place.licence_kind,
    place.licence_no,
    place.uscc,
    cast(null as date) as valid_to,
    case
        when place.licence_kind is not null and place.status_name = '营业'
            and place.record_key not in (select place_key from known) then 'unlicensed'
    end as licence_defect
from place
union all
select
    record_key, record_key, township_code, feed, record_key, source_ref, holder_name,
    scope_name, licence_kind, licence_no, uscc, valid_to,
    -- Larger premises are no small place (九小场所).
    case when premises_area <= 300 and record_key not in (select licence_key from known) then 'not_listed' end
from small_licence
