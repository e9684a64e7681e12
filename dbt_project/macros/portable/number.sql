{# Whole-number division, rounding towards zero. #}
{% macro whole_div(a, b) -%}{{ return(adapter.dispatch('whole_div')(a, b)) }}{%- endmacro %}
{% macro duckdb__whole_div(a, b) -%}({{ a }} // {{ b }}){%- endmacro %}
{% macro spark__whole_div(a, b) -%}({{ a }} div {{ b }}){%- endmacro %}
