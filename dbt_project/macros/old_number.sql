{# Numbers of enterprises from before October 2015: 工商注册号 (GS 15-2006, fifteen digits, the last one a check digit
   by ISO 7064 MOD 11,10) and 组织机构代码 (GB 11714, eight signs and a check character, with or without a hyphen). #}

{% macro is_registration_no(number) -%}
    {{ rx_match(number, '^[0-9]{15}$') }}
{%- endmacro %}

{% macro is_organisation_code(number) -%}
    {{ rx_match(number, '^[0-9A-Z]{8}-?[0-9X]$') }}
{%- endmacro %}

{# Of fifteen digits. #}
{% macro registration_no_fits(number) -%}
    {%- set carried = namespace(sql='10') -%}
    {%- for place in range(1, 15) -%}
        {%- set carried.sql = '((' ~ carried.sql ~ ' + ' ~ _sign(number, place) ~ ' + 9) % 10 + 1) * 2 % 11' -%}
    {%- endfor -%}
    (({{ carried.sql }} + {{ _sign(number, 15) }}) % 10 = 1)
{%- endmacro %}

{# Of an organisation code; its last sign is the check character. #}
{% macro organisation_code_fits(number) -%}
    (
        (
            {%- for weight in [3, 7, 9, 10, 5, 8, 4, 2] -%}
            {{ weight }} * {{ _sign(number, loop.index) }} + {% endfor -%}
            case when substr({{ number }}, length({{ number }}), 1) = 'X' then 10
                else instr('0123456789', substr({{ number }}, length({{ number }}), 1)) - 1 end
        ) % 11 = 0
    )
{%- endmacro %}

{% macro _sign(number, place) -%}
    (instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr({{ number }}, {{ place }}, 1)) - 1)
{%- endmacro %}
