{{ config(schema='verify') }}
-- A place and its licence know each other by any of three marks: the licence's number, the enterprise behind a code or an
-- older number, the owner's number.
with small_licence as (
    select *, status_name = '有效' and valid_to >= {{ as_of() }} as is_in_force
    from {{ ref('stg_market_regulation__licences') }}
    where licence_kind in (select licence_kind from {{ ref('small_places__licence_needed') }})
),

place as (
    select listed.*, needed.licence_kind
    from {{ ref('stg_fire_rescue__small_places') }} as listed
    left join {{ ref('small_places__licence_needed') }} as needed on needed.business_type = listed.business_type
),

licence_mark as (
    {%- for mark in ['licence_no', 'holder_id_no'] %}
    select record_key, licence_kind, {{ mark }} as mark from small_licence where {{ mark }} is not null
    union
    {%- endfor %}
    select stated.record_key, stated.licence_kind, coalesce(firm.uscc, stated.uscc) as mark
    from small_licence as stated
    left join {{ ref('enterprise_number') }} as firm on firm.number = stated.uscc
    where stated.uscc is not null
),

place_mark as (
    {%- for mark in ['licence_no', 'owner_id_no'] %}
    select record_key, licence_kind, {{ mark }} as mark from place where licence_kind is not null and {{ mark }} is not null
    union
    {%- endfor %}
    select stated.record_key, stated.licence_kind, coalesce(firm.uscc, stated.uscc) as mark
    from place as stated
    left join {{ ref('enterprise_number') }} as firm on firm.number = stated.uscc
    where stated.licence_kind is not null and stated.uscc is not null
),

-- Of the licences of a place the one in force comes first, then the one that was good for longest.
known as (
    select
        place_mark.record_key as place_key,
        licence_mark.record_key as licence_key,
        licence.status_name,
        licence.valid_to,
        licence.is_in_force,
        row_number() over (
            partition by place_mark.record_key
            order by
                case when licence.is_in_force then 0 else 1 end, licence.valid_to desc nulls last, licence_mark.record_key
        ) as choice
    from place_mark
    inner join licence_mark
        on licence_mark.licence_kind = place_mark.licence_kind and licence_mark.mark = place_mark.mark
    inner join small_licence as licence on licence.record_key = licence_mark.record_key
),

judged as (
    select
        place.*,
        known.status_name as licence_status,
        known.valid_to,
        known.place_key is not null as is_licence_known,
        place.licence_kind is not null and place.status_name = '营业' and not coalesce(known.is_in_force, false) as is_unlicensed
    from place
    left join known on known.place_key = place.record_key and known.choice = 1
)

select
    record_key as entity_key,
    record_key as group_key,
    township_code,
    feed,
    record_key,
    source_ref,
    place_name as name,
    business_type,
    licence_kind,
    licence_no,
    uscc,
    licence_status,
    valid_to,
    case
        when is_unlicensed and is_licence_known then 'not_in_force'
        when is_unlicensed then 'not_found'
    end as licence_lack,
    case when is_unlicensed then 'unlicensed' end as licence_defect
from judged
union all
select
    record_key, record_key, township_code, feed, record_key, source_ref, holder_name,
    scope_name, licence_kind, licence_no, uscc, status_name, valid_to, cast(null as string),
    -- Larger premises are no small place (九小场所).
    case when premises_area <= 300 and record_key not in (select licence_key from known) then 'not_listed' end
from small_licence
where is_in_force
