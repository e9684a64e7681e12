{# A claim's place in the queue for a field, whose rank and trusted day feed_rank has: fresh before old, rank of its feed, newest,
   then source_ref as tie-break; what cannot be read behind all that. `text`: the value, where it is one of signs. The first nine
   characters sort, the rest is the source_ref itself. Null where the feed is stopped. #}
{%- macro claim_queue(field, text=none) -%}
    case
        {%- if text %}
        when {{ is_unreadable(text) }} then case when claim.seen_date < feed_rank.{{ field }}_since then '3' else '2' end
        {%- endif %}
        when claim.seen_date < feed_rank.{{ field }}_since then '1'
        else '0'
    end
    || lpad(cast(feed_rank.{{ field }}_rank as string), 2, '0')
    || lpad(cast(coalesce(900000 - {{ days_between("cast('1800-01-01' as date)", 'claim.seen_date') }}, 999999) as string), 6, '0')
    || claim.source_ref
{%- endmacro -%}
