-- Due ten working days after the turn in which the ticket about it was opened, so that the day stays where it was.
with found as (
    select
        stock.*,
        coalesce(ticket.opened_on, {{ as_of() }}) as found_on
    from {{ ref('responsible_stock') }} as stock
    left join {{ source('ledger', 'ticket') }} as ticket
        on ticket.ticket_id = {{ derived_key('ticket', ["'R43'", 'stock.entity_key']) }} and ticket.state <> 'closed'
    where stock.stock_defect is not null
),

working as (
    select day, working_day_number from {{ source('reference', 'working_day') }} where is_working_day
)

select
    {{ derived_key('task', ["'emergency_stores'", 'entity_key']) }} as task_id,
    case stock_defect
        when 'short' then 'restock'
        when 'expired' then 'replace'
        when 'short_and_expired' then 'restock_and_replace'
        else 'appoint'
    end as kind,
    case when stock_defect = 'responsible_dead' then 'person' else 'emergency_supply' end as subject_kind,
    group_key as subject_id,
    coalesce(substr(township_code, 1, 6), '未分配') as unit_code,
    working.day as due_on,
    stock_defect as reason,
    'R43' as closes_when,
    source_ref as evidence
from found
left join {{ source('reference', 'working_day') }} as today on today.day = found.found_on
left join working on working.working_day_number = today.working_day_number + 10
