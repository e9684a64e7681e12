select rule_id, cast(sum(ticket_count) as bigint) as ticket_count
from {{ ref('anomaly_summary') }}
group by rule_id
