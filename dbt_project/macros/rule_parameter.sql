{# A dated parameter of a rule as it stands at the business date (seed rule_parameter). #}
{% macro rule_parameter(rule_id, parameter) -%}
    (
        select max(value) from {{ ref('rule_parameter') }}
        where rule_id = '{{ rule_id }}' and parameter = '{{ parameter }}'
            and valid_from <= {{ as_of() }} and (valid_to is null or valid_to > {{ as_of() }})
    )
{%- endmacro %}
