{# The rows of a feed that stand at the business date: what came since the last full delivery of each scope, the
   latest row of each record, less what the source itself deleted. Nearly every record stands in one row, so only
   keys that repeat are ranked, and the rows themselves pass by the few that lost: a feed is wide, and a window
   would hold all of it. #}
{% macro current_rows(feed_source, has_change_type=false) %}
    select delivered.*
    from {{ delivered_rows(feed_source) }} as delivered
    left join (
        select _source_ref from (
            select
                again._source_ref,
                row_number() over (
                    partition by again._record_key
                    order by again._delivery_seq desc nulls last, again._row desc nulls last,
                        again._source_ref, again._sheet
                ) as newest
            from {{ delivered_rows(feed_source) }} as again
            inner join (
                select _record_key from {{ delivered_rows(feed_source) }} as keyed
                group by _record_key having count(*) > 1
            ) as repeated on repeated._record_key = again._record_key
        ) as ranked
        where newest > 1
    ) as superseded on superseded._source_ref = delivered._source_ref
    where superseded._source_ref is null{% if has_change_type %} and coalesce(delivered.change_type, '') <> '删除'{% endif %}
{% endmacro %}

{# Rows delivered up to the business date, from the last full delivery of their scope on. #}
{% macro delivered_rows(feed_source) -%}
    (
        select every_row.*
        from {{ feed_source }} as every_row
        left join (
            select _scope, max(_delivery_seq) as full_seq
            from {{ feed_source }}
            where _mode = 'full' and _delivered_on <= {{ as_of() }}
            group by _scope
        ) as latest_full on latest_full._scope = every_row._scope
        where every_row._delivered_on <= {{ as_of() }}
            and every_row._delivery_seq >= coalesce(latest_full.full_seq, 0)
    )
{%- endmacro %}

{# Where a row comes from; the last columns of every staging model. #}
{% macro lineage(feed) %}
        '{{ feed }}' as feed,
        _record_key as record_key,
        _source_ref as source_ref,
        _delivery_id as delivery_id,
        _delivery_seq as delivery_seq,
        _delivered_on as delivered_on,
        _scope as scope
{% endmacro %}
