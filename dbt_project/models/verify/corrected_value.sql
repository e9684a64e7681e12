{#- What the source now says about a corrected value, if it has said so since; `source_state` follows that. A delivery
   that came since but speaks about an earlier period is no news: the newest is the one of the highest rank. -#}
with said as (
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
    inner join {{ ref('said_correctable') }} as delivered
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
