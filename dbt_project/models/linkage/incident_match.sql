-- A report repeats the earliest one of another platform that came at most 24 hours before it, is of the same kind, and
-- bears the same reporter's number (unless two townships are named) or the same part (rule R45 says why).
with kind as (
    select incident_class_code, 'grid_platform_name' as words, grid_platform_name as class_words
    from {{ source('reference', 'incident_class') }}
    union all
    select incident_class_code, 'hotline_name' as words, hotline_name as class_words
    from {{ source('reference', 'incident_class') }}
    union all
    select incident_class_code, 'municipal_name' as words, municipal_name as class_words
    from {{ source('reference', 'incident_class') }}
),

report as (
    select said.*, kind.incident_class_code
    from {{ ref('said_incident') }} as said
    left join kind on kind.words = said.words and kind.class_words = said.class_words
),

marked as (
    select 'same_phone' as basis, phone as mark, report.* from report
    where phone is not null and incident_class_code is not null and not is_void and related_no is null
    union all
    select 'same_part' as basis, part_code as mark, report.* from report
    where part_code is not null and incident_class_code is not null and not is_void and related_no is null
),

repeated as (
    select * from (
        select
            later.record_key,
            earlier.record_key as earlier_key,
            later.basis,
            row_number() over (
                partition by later.record_key order by earlier.reported_at, earlier.feed, earlier.record_key
            ) as choice
        from marked as later
        inner join marked as earlier
            on earlier.basis = later.basis
            and earlier.mark = later.mark
            and earlier.incident_class_code = later.incident_class_code
            and earlier.feed <> later.feed
            and later.reported_at between earlier.reported_at and earlier.reported_at + interval 24 hour
            and (earlier.reported_at < later.reported_at or earlier.feed < later.feed)
        where later.basis = 'same_part'
            or coalesce(earlier.township_code, later.township_code, '')
                = coalesce(later.township_code, earlier.township_code, '')
    ) as ranked
    where choice = 1
),

-- What a department has linked itself; of two that name each other the later one is the repetition.
linked as (
    select later.record_key, min(earlier.record_key) as earlier_key
    from report as later
    inner join report as earlier on earlier.report_no = later.related_no and earlier.record_key <> later.record_key
    where earlier.reported_at < later.reported_at
        or (earlier.reported_at = later.reported_at and earlier.record_key < later.record_key)
    group by later.record_key
)

select
    report.record_key,
    coalesce(linked.earlier_key, repeated.earlier_key) as earlier_key,
    case when linked.record_key is not null then 'linked' else coalesce(repeated.basis, 'first') end as basis,
    report.incident_class_code
from report
left join linked on linked.record_key = report.record_key
left join repeated on repeated.record_key = report.record_key
