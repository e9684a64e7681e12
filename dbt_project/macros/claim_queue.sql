{# A claim's place in the queue for a field: rank of its feed, then newest, then source_ref as tie-break. The first
   eight characters sort, the rest is the source_ref itself. #}
{%- macro claim_queue(rank) -%}
    lpad(cast(coalesce({{ rank }}, 99) as string), 2, '0')
    || lpad(cast(coalesce(900000 - {{ days_between("cast('1800-01-01' as date)", 'claim.seen_date') }}, 999999) as string), 6, '0')
    || claim.source_ref
{%- endmacro -%}
