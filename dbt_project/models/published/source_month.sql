select feed, period, mode, count(*) as delivery_count, cast(sum(rows_bronze) as bigint) as row_count
from {{ source('ledger', 'delivery') }}
where status = 'accepted' and as_of <= {{ as_of() }}
group by feed, period, mode
