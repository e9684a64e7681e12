{# Business date of the run as a date; the only "now" a model may know. #}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as date)
{%- endmacro %}
