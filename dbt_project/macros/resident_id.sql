{# Citizen identity numbers 公民身份号码 (GB 11643-1999): 6 region + 8 birth date + 3 sequence + check digit
   (ISO 7064 MOD 11-2). Digits are taken from one integer: half the cost of 17 substrings. #}

{% macro _id_digit_sum(n) -%}
    (
        {%- for weight in [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] -%}
        {{ weight }} * ({{ whole_div(n, 10 ** (16 - loop.index0)) }} % 10){{ " + " if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{# Check character of the first 17 digits (any text starting with them). #}
{% macro resident_id_check(id) -%}
    substr('10X98765432', cast({{ _id_digit_sum("try_cast(substr(" ~ id ~ ", 1, 17) as bigint)") }} % 11 + 1 as integer), 1)
{%- endmacro %}

{# Birth date inside an 18-digit number; null where those digits are no date. #}
{% macro resident_id_birth(id) -%}
    try_cast(substr({{ id }}, 7, 4) || '-' || substr({{ id }}, 11, 2) || '-' || substr({{ id }}, 13, 2) as date)
{%- endmacro %}

{# Sex inside an 18-digit number, as GB/T 2261.1: odd 1 male, even 2 female. #}
{% macro resident_id_sex(id) -%}
    case when try_cast(substr({{ id }}, 17, 1) as integer) % 2 = 1 then '1' else '2' end
{%- endmacro %}

{# 18-digit form of a 15-digit number (before 1999; nobody numbered so was born after 1999). #}
{% macro id_15_to_18(id) -%}
    {{ with_century(id) }} || {{ resident_id_check(with_century(id)) }}
{%- endmacro %}

{% macro with_century(id) -%}
    (substr({{ id }}, 1, 6) || '19' || substr({{ id }}, 7, 9))
{%- endmacro %}

{% macro birth_possible(birth) -%}
    coalesce({{ birth }} between cast('1880-01-01' as date) and {{ as_of() }}, false)
{%- endmacro %}

{# Residence permits of people from Hong Kong, Macao and Taiwan carry 81, 82, 83 and zeros. #}
{% macro region_known(id, region) -%}
    ({{ region }}.code is not null or substr({{ id }}, 1, 6) in ('810000', '820000', '830000'))
{%- endmacro %}

{# What is wrong with a number, or null. `region_known` says whether its first six digits were ever a region:
   never whether they were one in the year of birth, because numbers were first given out in the 1980s.
   Three zeros at the end count as spreadsheet damage only where the check digit fails, too. #}
{% macro resident_id_defect(id, region_known) -%}
    case
        when {{ id }} is null then null
        when {{ rx_match(id, '^[0-9]{15}$') }} then 'fifteen_digit'
        when {{ rx_match(id, '^[0-9.]+E[+]?[0-9]+$') }} then 'damaged'
        when not {{ rx_match(id, '^[0-9]{17}[0-9X]$') }} then 'length'
        when substr({{ id }}, 16, 3) = '000' and {{ resident_id_check(id) }} <> '0' then 'damaged'
        when not {{ region_known }} then 'region'
        when not {{ birth_possible(resident_id_birth(id)) }} then 'date'
        when {{ resident_id_check(id) }} <> substr({{ id }}, 18, 1) then 'checksum'
    end
{%- endmacro %}
