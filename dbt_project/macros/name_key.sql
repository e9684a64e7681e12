{# A name as it is compared: no white space, no middle dots; two spellings of the same name give one text. #}
{% macro name_key(name) -%}
    {{ rx_replace(name, '[ 　·•・.]', '') }}
{%- endmacro %}

{# Whether two names may be one: as they are compared, they are equal, any sign standing for one that could not be read
   (unreadable_signs). Null where one is null. #}
{% macro same_name(one, other) -%}
    ({{ name_key(one) }} like {{ _name_pattern(other) }} or {{ name_key(other) }} like {{ _name_pattern(one) }})
{%- endmacro %}

{# Whether two names are nearly one: as they are compared, of one length and all characters but one are the same.
   Of names up to five characters; longer ones are never nearly one. #}
{% macro near_name(one, other) -%}
    (
        length({{ name_key(one) }}) = length({{ name_key(other) }})
        and length({{ name_key(one) }}) between 2 and 5
        and length({{ name_key(one) }}) - 1 =
        {%- for place in range(1, 6) %}
        {{ "+" if not loop.first }} case when substr({{ name_key(one) }}, {{ place }}, 1) = substr({{ name_key(other) }}, {{ place }}, 1)
            and length({{ name_key(one) }}) >= {{ place }} then 1 else 0 end
        {%- endfor %}
    )
{%- endmacro %}

{% macro _name_pattern(name) -%}{{ rx_replace(name_key(name), '[' ~ unreadable_signs() ~ ']', '_') }}{%- endmacro %}
