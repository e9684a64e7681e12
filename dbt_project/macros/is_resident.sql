{# Whether a row of unified.person counts among the population: alive, and living or registered here, or alive by a township's
   word. Who moved out and is seen nowhere counts no more. #}
{% macro is_resident() -%}
    is_alive and (residence_township_code is not null or hukou_status_name = '正常' or life_word = '健在')
{%- endmacro %}
