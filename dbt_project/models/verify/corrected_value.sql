{#- What the source now says about a corrected value, if it has said so since; `source_state` follows that. A delivery
   that came since but speaks about an earlier period is no news: the newest is the one of the highest rank. -#}
{%- set correctable = [
    ('F01', 'status_name', 'public_security__residents', 'change_type'),
    ('F31', 'grid_code', 'grid_centre__grid_survey', 'cast(null as string)'),
    ('F31', 'living_type', 'grid_centre__grid_survey', 'cast(null as string)'),
] -%}
with delivered as (
    {%- for feed, field, table, change_type in correctable %}
    select
        '{{ feed }}' as feed,
        '{{ field }}' as field,
        _record_key as record_key,
        _source_ref as source_ref,
        _delivery_seq as delivery_seq,
        _delivered_on as delivered_on,
        _row as row_number_in_file,
        standing.rank as delivery_rank,
        coalesce(cast({{ field }} as string), '') as value,
        coalesce({{ change_type }}, '') = '删除' as is_deleted
    from {{ source('bronze', table) }}
    inner join {{ source('ledger', 'delivery_standing') }} as standing
        on standing.feed = '{{ feed }}'
        and standing.delivery_id = _delivery_id
        and standing.rank is not null
        and standing.as_of = {{ as_of() }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

said as (
    select
        correction.ticket_id,
        correction.base_delivery_seq,
        delivered.source_ref,
        delivered.delivery_seq,
        delivered.delivered_on,
        delivered.value,
        delivered.is_deleted,
        row_number() over (
            partition by correction.feed, correction.record_key, correction.field
            order by delivered.delivery_rank desc, delivered.row_number_in_file desc, delivered.source_ref
        ) as newest,
        correction.feed,
        correction.record_key,
        correction.field
    from {{ ref('stg_ledger__corrections') }} as correction
    inner join delivered
        on delivered.feed = correction.feed
        and delivered.field = correction.field
        and delivered.record_key = correction.record_key
),

redelivered as (
    select * from said
    where newest = 1 and delivery_seq > base_delivery_seq
)

select
    correction.ticket_id as entity_key,
    correction.record_key as group_key,
    correction.township_code,
    correction.feed,
    correction.record_key,
    redelivered.source_ref,
    correction.ticket_id,
    correction.field,
    correction.wrong_value,
    correction.new_value,
    redelivered.value as redelivered_value,
    redelivered.delivered_on as redelivered_on,
    redelivered.delivery_seq as redelivered_seq,
    correction.base_delivery_seq,
    correction.corrected_on,
    case
        when redelivered.ticket_id is null then 'not_redelivered'
        when redelivered.is_deleted then 'superseded'
        when redelivered.value = coalesce(correction.new_value, '') then 'confirmed'
        when redelivered.value = correction.wrong_value then 'flip_back'
        else 'superseded'
    end as source_state
from {{ ref('stg_ledger__corrections') }} as correction
left join redelivered
    on redelivered.feed = correction.feed
    and redelivered.record_key = correction.record_key
    and redelivered.field = correction.field
