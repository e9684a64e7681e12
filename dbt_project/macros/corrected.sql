{# Corrections of townships laid over a feed, value by value: a correction applies only while the source still
   sends the wrong value it names. A right value needs none; a third value is news from the source and stands.
   Adds `<field>_now` (the value that counts) and `<field>_ticket` (the ticket that supplied it, or null). #}
{% macro corrected(rows, feed, fields) %}
    select
        {{ rows }}.*,
        {%- for field in fields %}
        case
            when fix_{{ field }}.ticket_id is not null then nullif(fix_{{ field }}.new_value, '')
            else {{ rows }}.{{ field }}
        end as {{ field }}_now,
        fix_{{ field }}.ticket_id as {{ field }}_ticket{{ "," if not loop.last }}
        {%- endfor %}
    from {{ rows }}
    {%- for field in fields %}
    left join {{ ref('stg_ledger__corrections') }} as fix_{{ field }}
        on fix_{{ field }}.feed = '{{ feed }}'
        and fix_{{ field }}.field = '{{ field }}'
        and fix_{{ field }}.record_key = {{ rows }}._record_key
        and fix_{{ field }}.wrong_value = coalesce(cast({{ rows }}.{{ field }} as string), '')
    {%- endfor %}
{% endmacro %}

{# Source of a correctable value: the ticket that corrected it, else the row. #}
{% macro value_ref(field) -%}
    case when {{ field }}_ticket is null then _source_ref else 'ticket/' || {{ field }}_ticket end
{%- endmacro %}

{# Ticket and names of the fields corrected in a row; both null for feeds nobody may correct. #}
{% macro correction_columns(fields=[]) %}
    {%- if fields | length == 0 %}
        cast(null as string) as correction_ref,
        cast(null as string) as corrected_fields
    {%- else %}
        coalesce({% for field in fields %}{{ field }}_ticket, {% endfor %}null) as correction_ref,
        nullif(concat_ws(','
            {%- for field in fields %}, case when {{ field }}_ticket is not null then '{{ field }}' end{% endfor -%}
        ), '') as corrected_fields
    {%- endif %}
{% endmacro %}
