with newest_of_mode as (
    select * from (
        select
            delivery.*,
            row_number() over (
                partition by feed, scope, period, mode
                order by delivery_seq desc nulls last, delivery_id
            ) as newest
        from {{ source('ledger', 'delivery') }} as delivery
        where as_of = {{ as_of() }}
    ) as ranked
    where newest = 1
),

-- A held-back delivery speaks for its period, whatever came in another mode.
speaking as (
    select * from (
        select
            newest_of_mode.*,
            row_number() over (
                partition by feed, scope, period
                order by case when breaker_code is null then 1 else 0 end, delivery_seq desc nulls last, delivery_id
            ) as choice
        from newest_of_mode
    ) as ranked
    where choice = 1
)

select
    {{ derived_key('delivery', ['feed', 'scope', 'period']) }} as entity_key,
    {{ derived_key('delivery', ['feed', 'scope', 'period']) }} as group_key,
    cast(null as string) as township_code,
    feed,
    cast(null as string) as record_key,
    feed || '/' || delivery_id as source_ref,
    scope,
    period,
    mode,
    delivery_id,
    delivery_seq,
    delivered_on,
    file_name,
    status,
    breaker_code,
    breaker_message,
    rows_in,
    rows_bronze,
    rows_quarantined
from speaking
