-- Of the ledger's places a branch needs no registered address, and a closed one is where nobody works.
with worked as (
    select
        claim.enterprise_id,
        ledger.place_name,
        ledger.address as place_address,
        ledger.township_code,
        ledger.source_ref,
        case when ledger.township_code = firm.township_code then 1 else 0 end as is_here,
        row_number() over (
            partition by claim.enterprise_id
            order by case when ledger.township_code = firm.township_code then 1 else 0 end,
                ledger.checked_date desc nulls last, ledger.record_key
        ) as choice
    from {{ ref('small_place') }} as ledger
    inner join {{ ref('place_claim') }} as claim on claim.record_key = ledger.record_key and claim.feed = 'F26'
    inner join {{ ref('enterprise') }} as firm on firm.enterprise_id = claim.enterprise_id
    where ledger.township_code is not null
        and firm.township_code is not null
        and firm.status_name = '存续'
        and coalesce(ledger.is_branch, '否') <> '是'
        and coalesce(ledger.status_name, '') <> '关闭'
),

counted as (
    select enterprise_id, sum(is_here) as here_count, count(*) - sum(is_here) as elsewhere_count
    from worked
    group by enterprise_id
)

select
    firm.record_key as entity_key,
    firm.enterprise_id as group_key,
    worked.township_code,
    'F14' as feed,
    firm.record_key,
    firm.source_ref,
    firm.enterprise_id,
    firm.uscc,
    firm.name,
    firm.address,
    registered.township_name as registered_township_name,
    worked.place_name,
    worked.place_address,
    worked.source_ref as place_source_ref,
    counted.here_count,
    counted.elsewhere_count
from worked
inner join counted on counted.enterprise_id = worked.enterprise_id
inner join {{ ref('enterprise') }} as firm on firm.enterprise_id = worked.enterprise_id
left join {{ ref('division') }} as registered on registered.division_code = firm.township_code
where worked.choice = 1
