{# Where someone was registered and when he was born, from a number that may be damaged behind: the first fourteen
   digits, those of the fifteen-digit form with their century. Null where fewer stand there. #}
{% macro number_stem(number) -%}
    case
        when length({{ number }}) = 15 then concat(substr({{ number }}, 1, 6), '19', substr({{ number }}, 7, 6))
        when length({{ number }}) > 15 then substr({{ number }}, 1, 14)
    end
{%- endmacro %}

{# The order of someone among those of one place and day, from a number: its three digits before the check digit. As far as
   they stand there; null where a spreadsheet has made noughts of all behind the fifteenth digit. #}
{% macro number_order(number) -%}
    case
        when length({{ number }}) = 15 then substr({{ number }}, 13, 3)
        when length({{ number }}) > 15 and substr({{ number }}, 16, 3) <> '000' then substr({{ number }}, 15, 3)
    end
{%- endmacro %}
