{# The rows of a feed that stand at the business date: of each record the latest row of its scope, less what the
   source itself deleted; of several scopes that hold a record, the one that spoke last. Nearly every record stands
   in one row, so only keys that repeat are ranked, and the rows themselves pass by the few that lost: a feed is
   wide, and a window would hold all of it. #}
{% macro current_rows(feed_source, feed, has_change_type=false) %}
    {%- set is_deleted = "coalesce(again.change_type, '') = '删除'" if has_change_type else "false" %}
    select delivered.*
    from {{ delivered_rows(feed_source, feed) }} as delivered
    left join (
        select _source_ref from (
            select
                _source_ref,
                newest,
                row_number() over (
                    partition by _record_key
                    order by
                        case when newest = 1 and not is_deleted then 0 else 1 end,
                        _delivery_rank desc nulls last, newest, _source_ref, _sheet
                ) as choice
            from (
                select
                    again._record_key,
                    again._source_ref,
                    again._sheet,
                    again._delivery_rank,
                    {{ is_deleted }} as is_deleted,
                    row_number() over (
                        partition by again._record_key, again._scope
                        order by again._delivery_rank desc nulls last, again._row desc nulls last,
                            again._source_ref, again._sheet
                    ) as newest
                from {{ delivered_rows(feed_source, feed) }} as again
                inner join (
                    select _record_key from {{ delivered_rows(feed_source, feed) }} as keyed
                    group by _record_key having count(*) > 1
                ) as repeated on repeated._record_key = again._record_key
            ) as of_scope
        ) as ranked
        where newest > 1 or choice > 1
    ) as superseded on superseded._source_ref = delivered._source_ref
    where superseded._source_ref is null{% if has_change_type %} and coalesce(delivered.change_type, '') <> '删除'{% endif %}
{% endmacro %}

{# Rows of the deliveries that count in the present, each with the rank of its delivery (ledger.delivery_standing). The
   feed is named, not joined: few deliveries are left to ask for then, and files of others are passed over. The date is
   not asked: the ledger holds one, and a feed that stands as it stood is not built again (kit/unchanged.py). A model
   that reads bronze asks what stands in this way alone. #}
{% macro delivered_rows(feed_source, feed) -%}
    (
        select every_row.*, standing.rank as _delivery_rank
        from {{ feed_source }} as every_row
        inner join {{ source('ledger', 'delivery_standing') }} as standing
            on standing.delivery_id = every_row._delivery_id
            and standing.feed = '{{ feed }}'
            and standing.is_current
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
