-- Days and months that had not come when they were delivered: they make no row the newest (seen_on). Due days and ends of what is valid
-- may lie ahead and are not asked.
select feed, record_key, source_ref, delivered_on, delivery_id, field, told_day
from {{ ref('said_ahead') }}
{%- for stated, day in [
    ('stg_agriculture__land_contracts', 'signed_date'),
    ('stg_industry_information__projects_and_grants', 'record_date'),
    ('stg_emergency__inspections', 'checked_date'),
    ('stg_fire_rescue__small_places', 'checked_date'),
] %}
union all
select feed, record_key, source_ref, delivered_on, delivery_id, '{{ day }}', cast({{ day }} as string)
from {{ ref(stated) }}
where {{ day }} > delivered_on
{%- endfor %}
