{# A name as it is compared: no white space, no middle dots; two spellings of the same name give one text. #}
{% macro name_key(name) -%}
    {{ rx_replace(name, '[ 　·•・.]', '') }}
{%- endmacro %}

{# Whether two names may be one: as they are compared, they are equal, any sign standing for one that could not be read
   (? □ � and their like). Null where one is null. #}
{% macro same_name(one, other) -%}
    ({{ name_key(one) }} like {{ _name_pattern(other) }} or {{ name_key(other) }} like {{ _name_pattern(one) }})
{%- endmacro %}

{% macro _name_pattern(name) -%}{{ rx_replace(name_key(name), '[?？□〓�*＊%]', '_') }}{%- endmacro %}
