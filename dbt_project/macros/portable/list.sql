{# Whole numbers from 1 to `last`, a row of each, in the list of a select. #}
{% macro each_number(last) -%}{{ return(adapter.dispatch('each_number')(last)) }}{%- endmacro %}
{% macro duckdb__each_number(last) -%}unnest(generate_series(1, {{ last }})){%- endmacro %}
{% macro spark__each_number(last) -%}explode(sequence(1, {{ last }})){%- endmacro %}

{# Rows in which columns list several, a row of each: every listed column as `<column>_each`, and `each_position` from
   1. A row that lists nothing stays one row. #}
{% macro each_listed(rows, columns, separator) -%}
    (
        select
            positioned.*,
            {%- for column in columns %}
            {%- set one = "split_part(positioned." ~ column ~ ", '" ~ separator ~ "', positioned.each_position)" %}
            nullif({{ trim_space(one) }}, '') as {{ column }}_each{{ "," if not loop.last }}
            {%- endfor %}
        from (
            select
                every_row.*,
                {{ each_number(_longest_list(columns, separator)) }} as each_position
            from {{ rows }} as every_row
        ) as positioned
    )
{%- endmacro %}

{% macro _longest_list(columns, separator) -%}
    greatest(1
        {%- for column in columns -%}
        , 1 + coalesce(length(every_row.{{ column }}) - length(replace(every_row.{{ column }}, '{{ separator }}', '')), 0)
        {%- endfor -%}
    )
{%- endmacro %}
