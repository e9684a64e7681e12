{# Business date of the run as a date; the only "now" a model may know. It comes from the variable as_of where
   given, else from ZHENJIE_AS_OF, read only when a model runs: dbt parses the whole project anew whenever a
   variable changes, and a new business date is no reason for that. #}
{% macro as_of() -%}
    {%- set day = var('as_of') -%}
    {%- if execute and not day -%}
        {%- set day = env_var('ZHENJIE_AS_OF') -%}
    {%- endif -%}
    cast('{{ day }}' as date)
{%- endmacro %}
