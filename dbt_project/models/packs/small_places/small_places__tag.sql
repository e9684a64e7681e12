select
    subject_kind,
    subject_id,
    'lived_in' as tag,
    checked_date as valid_from,
    cast(null as date) as valid_to,
    source_ref as evidence_ref
from {{ ref('small_places__file') }}
where is_lived_in = '是' and status_name = '营业'
