{# Amounts and areas in one unit, whatever unit a row writes them in; null where it names none. #}
{% macro in_mu(area, unit) -%}
    round(case {{ unit }} when '亩' then {{ area }} when '公顷' then {{ area }} * 15 end, 2)
{%- endmacro %}

{% macro in_yuan(amount, unit) -%}
    case {{ unit }} when '元' then {{ amount }} when '万元' then {{ amount }} * 10000 end
{%- endmacro %}
