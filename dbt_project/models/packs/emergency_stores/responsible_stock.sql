{{ config(schema='verify') }}
-- A list speaks of the month it is about: who died after that month was rightly named in it.
with posted as (
    select
        feed, record_key, source_ref, delivery_id, township_code, id_no, id_no_norm,
        person_name as responsible_name, store_name as place_name,
        case when record_type = '物资' then '仓库' else '队伍' end as place_kind
    from {{ ref('stg_emergency__emergency_stock') }}
    where id_no is not null
    union all
    select
        feed, record_key, source_ref, delivery_id, township_code, id_no, id_no_norm,
        responsible_name, point_name, '点位'
    from {{ ref('stg_emergency__risk_points') }}
    where id_no is not null
),

named as (
    select * from (
        select
            posted.*,
            {{ last_day_of_month("try_cast(substr(standing.period, 1, 4) || '-' || substr(standing.period, 5, 2) || '-01' as date)") }} as listed_on,
            row_number() over (partition by posted.feed, posted.id_no order by posted.source_ref) as choice
        from posted
        inner join {{ source('ledger', 'delivery_standing') }} as standing
            on standing.feed = posted.feed
            and standing.delivery_id = posted.delivery_id
            and standing.as_of = {{ as_of() }}
    ) as numbered
    where choice = 1
),

registered_death as (
    select person_id, min(death_date) as death_date
    from {{ ref('death') }}
    where feed = 'F03' and denied_by is null
    group by person_id
)

select
    {{ derived_key('responsible_person', ['named.feed', 'named.id_no']) }} as entity_key,
    coalesce(identifier.person_id, named.record_key) as group_key,
    named.township_code,
    named.feed,
    named.record_key,
    named.source_ref,
    named.place_kind,
    named.place_name,
    cast(null as string) as item_name,
    cast(null as decimal(18, 2)) as quantity,
    cast(null as decimal(18, 2)) as minimum_quantity,
    cast(null as string) as unit,
    cast(null as date) as expiry_date,
    identifier.person_id,
    named.responsible_name,
    registered_death.death_date,
    named.listed_on,
    case when registered_death.death_date <= named.listed_on then 'responsible_dead' end as stock_defect
from named
left join {{ ref('person_identifier') }} as identifier on identifier.id_no = named.id_no_norm
left join registered_death on registered_death.person_id = identifier.person_id
union all
select
    record_key, record_key, township_code, feed, record_key, source_ref, '仓库', store_name,
    item_name, quantity, minimum_quantity, unit, expiry_date,
    cast(null as string), person_name, cast(null as date), cast(null as date),
    case
        when quantity < minimum_quantity and expiry_date < {{ as_of() }} then 'short_and_expired'
        when quantity < minimum_quantity then 'short'
        when expiry_date < {{ as_of() }} then 'expired'
    end
from {{ ref('stg_emergency__emergency_stock') }}
where record_type = '物资'
