select rule_id, as_of, evaluated as checked_count, unexpected as found_count
from {{ source('ledger', 'rule_result') }}
where as_of <= {{ as_of() }} and error is null
