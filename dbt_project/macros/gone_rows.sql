{# Rows of records that stood once and were deleted by their source since, from the deliveries in force, with the valid form of
   their number and the place of their code (as staging has them). A new full delivery begins anew: who is not in it is not
   told as gone. #}
{% macro gone_rows(feed_source, feed, staged, number, code=none, day=none) -%}
    (
        with gone as (
            select delivered.*
            from {{ delivered_rows(feed_source, feed) }} as delivered
            left join {{ staged }} as stands on stands.record_key = delivered._record_key
            where stands.record_key is null
                and delivered._record_key in (
                    select again._record_key from {{ delivered_rows(feed_source, feed) }} as again where again.change_type = '删除'
                )
        ),

        identified as ({{ with_identity('gone', [number]) }})
        {%- if code %},

        located as ({{ placed('identified', code, day) }})
        {%- endif %}

        select * from {{ 'located' if code else 'identified' }}
    )
{%- endmacro %}
