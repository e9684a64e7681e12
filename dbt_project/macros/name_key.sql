{# A name as it is compared: no white space, no middle dots; two spellings of the same name give one text. #}
{% macro name_key(name) -%}
    {{ rx_replace(name, '[ 　·•・.]', '') }}
{%- endmacro %}
