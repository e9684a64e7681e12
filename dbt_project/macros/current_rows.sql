{# The rows of a feed that stand at the business date: what came since the last full delivery of each scope, the
   latest row of each record, less what the source itself deleted. #}
{% macro current_rows(feed_source, has_change_type=false) %}
    select * from (
        select
            delivered.*,
            row_number() over (
                partition by delivered._record_key
                order by delivered._delivery_seq desc nulls last, delivered._row desc nulls last,
                    delivered._source_ref, delivered._sheet
            ) as newest
        from {{ feed_source }} as delivered
        left join (
            select _scope, max(_delivery_seq) as full_seq
            from {{ feed_source }}
            where _mode = 'full' and _delivered_on <= {{ as_of() }}
            group by _scope
        ) as latest_full on latest_full._scope = delivered._scope
        where delivered._delivered_on <= {{ as_of() }}
            and delivered._delivery_seq >= coalesce(latest_full.full_seq, 0)
    ) as ranked
    where newest = 1{% if has_change_type %} and coalesce(change_type, '') <> '删除'{% endif %}
{% endmacro %}

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
