{# Date arithmetic; every engine spells it differently. Dates print as ISO text on all of them. #}

{% macro days_between(earlier, later) -%}{{ return(adapter.dispatch('days_between')(earlier, later)) }}{%- endmacro %}
{% macro duckdb__days_between(earlier, later) -%}date_diff('day', {{ earlier }}, {{ later }}){%- endmacro %}
{% macro spark__days_between(earlier, later) -%}cast(datediff({{ later }}, {{ earlier }}) as bigint){%- endmacro %}

{% macro add_days(day, days) -%}{{ return(adapter.dispatch('add_days')(day, days)) }}{%- endmacro %}
{% macro duckdb__add_days(day, days) -%}({{ day }} + cast({{ days }} as integer)){%- endmacro %}
{% macro spark__add_days(day, days) -%}date_add({{ day }}, cast({{ days }} as int)){%- endmacro %}

{# The same day `months` later; the last day of the month where that day does not exist. #}
{% macro add_months(day, months) -%}{{ return(adapter.dispatch('add_months')(day, months)) }}{%- endmacro %}
{% macro duckdb__add_months(day, months) -%}cast({{ day }} + to_months(cast({{ months }} as integer)) as date){%- endmacro %}
{% macro spark__add_months(day, months) -%}add_months({{ day }}, cast({{ months }} as int)){%- endmacro %}

{% macro last_day_of_month(day) -%}last_day({{ day }}){%- endmacro %}

{# 'YYYY-MM' of a date. #}
{% macro month_of(day) -%}substr(cast({{ day }} as string), 1, 7){%- endmacro %}

{# Months since year 0, of a date and of a 'YYYY-MM' text. #}
{% macro month_number(day) -%}(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) - 1){%- endmacro %}
{% macro month_text_number(x) -%}(try_cast(substr({{ x }}, 1, 4) as integer) * 12 + try_cast(substr({{ x }}, 6, 2) as integer) - 1){%- endmacro %}

{# Full years of life on a day. #}
{% macro age_on(birth, day) -%}
    cast({{ whole_div(
        '(' ~ month_number(day) ~ ' - ' ~ month_number(birth) ~ ' - case when extract(day from ' ~ day ~ ') < extract(day from ' ~ birth ~ ') then 1 else 0 end)',
        12) }} as bigint)
{%- endmacro %}
