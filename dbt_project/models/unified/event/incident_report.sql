-- One id for one happening, whichever platforms counted it: that of its first report.
with start_report as (
    select record_key, coalesce(earlier_key, record_key) as pointer from {{ ref('incident_match') }}
),
{{ pointer_jump('start_report', 'record_key') }}

select
    {{ derived_key('incident', ['jump_3.pointer']) }} as incident_id,
    said.feed,
    said.report_no,
    matched.basis,
    matched.incident_class_code,
    said.class_words,
    said.reported_at,
    said.closed_at,
    said.status_name,
    said.is_void,
    said.part_code,
    said.related_no,
    said.grid_code,
    said.township_code,
    said.record_key,
    said.source_ref
from {{ ref('said_incident') }} as said
inner join {{ ref('incident_match') }} as matched on matched.record_key = said.record_key
inner join jump_3 on jump_3.record_key = said.record_key
