-- Which report repeats which, linkage.incident_match has decided; the first report of each incident is not asked about.
select
    repeated.record_key as entity_key,
    repeated.incident_id as group_key,
    coalesce(repeated.township_code, earlier.township_code) as township_code,
    repeated.feed,
    repeated.record_key,
    repeated.source_ref,
    matched.basis,
    repeated.report_no,
    repeated.class_words,
    repeated.reported_at,
    repeated.status_name,
    earlier.feed as earlier_feed,
    earlier.report_no as earlier_report_no,
    earlier.reported_at as earlier_reported_at,
    earlier.source_ref as earlier_source_ref
from {{ ref('incident_match') }} as matched
inner join {{ ref('incident_report') }} as repeated on repeated.record_key = matched.record_key
inner join {{ ref('incident_report') }} as earlier on earlier.record_key = matched.earlier_key
