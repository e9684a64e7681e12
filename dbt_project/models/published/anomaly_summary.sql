select
    ticket.rule_id,
    township.county_name,
    township.township_name,
    ticket.township_code,
    ticket.department,
    ticket.severity,
    ticket.state,
    ticket.assignee,
    count(*) as ticket_count,
    cast(sum(ticket.reopen_count) as bigint) as reopen_count
from {{ source('ledger', 'ticket') }} as ticket
left join {{ ref('division') }} as township
    on township.division_code = ticket.township_code and township.level_name = '乡镇'
group by
    ticket.rule_id, township.county_name, township.township_name, ticket.township_code, ticket.department,
    ticket.severity, ticket.state, ticket.assignee
