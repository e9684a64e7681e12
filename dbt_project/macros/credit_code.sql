{# Unified social credit codes 统一社会信用代码 (GB 32100-2015): 18 of 31 characters (no I O S V Z), the last one
   a check character mod 31. #}

{% macro _credit_code_sum(code) -%}
    (
        {%- for weight in [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] -%}
        {{ weight }} * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr({{ code }}, {{ loop.index }}, 1)) - 1){{ " + " if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{# What is wrong with a code (already upper case), or null. A number of the time before 2015 (old_number.sql) is none of
   these codes, though it may lead to its enterprise (linkage/enterprise_number). #}
{% macro credit_code_defect(code) -%}
    case
        when {{ code }} is null then null
        when {{ is_registration_no(code) }}
            then case when {{ registration_no_fits(code) }} then 'legacy' else 'old_checksum' end
        when {{ is_organisation_code(code) }}
            then case when {{ organisation_code_fits(code) }} then 'organisation' else 'old_checksum' end
        when length({{ code }}) <> 18 then 'length'
        when not {{ rx_match(code, '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$') }} then 'charset'
        when substr('0123456789ABCDEFGHJKLMNPQRTUWXY', cast((31 - {{ _credit_code_sum(code) }} % 31) % 31 + 1 as integer), 1)
            <> substr({{ code }}, 18, 1) then 'checksum'
    end
{%- endmacro %}

{# Of cells that hold credit codes and identity numbers, both of 18 characters: whether one has the form of a credit
   code. A right one has, unless it is a right identity number (one of 31 passes this check, too; where a number has its
   year of birth, a credit code has half of its county); and of wrong ones those that begin with a 9 (market regulation)
   or have a letter before the last place. What is neither is judged as an identity number. #}
{% macro _is_credit_form(code) -%}
    (
        (
            {{ credit_code_defect("upper(" ~ code ~ ")") }} is null
            and not (
                {{ rx_match("upper(" ~ code ~ ")", '^[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]$') }}
                and {{ resident_id_birth(code) }} is not null
                and {{ resident_id_check(code) }} = substr(upper({{ code }}), 18, 1)
            )
        )
        or {{ rx_match("upper(" ~ code ~ ")", '^9[0-9A-Z]{17}$') }}
        or {{ rx_match("upper(" ~ code ~ ")", '^[0-9A-Z]{0,16}[A-Z][0-9A-Z]+$') }}
    )
{%- endmacro %}

{% macro credit_code(code) -%}
    case when {{ _is_credit_form(code) }} then upper({{ code }}) end
{%- endmacro %}

{% macro citizen_number(code) -%}
    case when not {{ _is_credit_form(code) }} then {{ code }} end
{%- endmacro %}
