{# A day or month of the past, as a row may tell it: null where it lies after the day the delivery was taken in. Nobody has
   seen such a day yet, so it makes no row the newest and no time run until then (9999-12-31 means no end). Staging keeps what was
   told; unified.date_ahead has every row that tells such a day. #}
{% macro seen_on(day, delivered_on='delivered_on') -%}
    case when {{ day }} > {{ delivered_on }} then null else {{ day }} end
{%- endmacro %}

{% macro seen_in(month, delivered_on='delivered_on') -%}
    case when {{ month }} > {{ month_of(delivered_on) }} then null else {{ month }} end
{%- endmacro %}

{# Whether a day is put where there is no end. #}
{% macro is_no_end(day) -%}
    (extract(month from {{ day }}) = 12 and extract(day from {{ day }}) = 31 and extract(year from {{ day }}) in (2099, 2999, 9999))
{%- endmacro %}

{# What is wrong with a time told from `since` to `until`: it begins after the day it was told, or ends before it began. Null
   where nothing is. #}
{% macro time_defect(since, until, delivered_on='delivered_on') -%}
    case
        when {{ since }} > {{ delivered_on }} then 'starts_ahead'
        when {{ until }} < {{ since }} then 'ends_before_start'
    end
{%- endmacro %}
