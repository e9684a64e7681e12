{# What text functions are called differs between engines; models call these. #}

{% macro rx_match(x, pattern) -%}{{ return(adapter.dispatch('rx_match')(x, pattern)) }}{%- endmacro %}
{% macro duckdb__rx_match(x, pattern) -%}regexp_matches({{ x }}, '{{ pattern }}'){%- endmacro %}
{% macro spark__rx_match(x, pattern) -%}({{ x }} rlike r'{{ pattern }}'){%- endmacro %}

{% macro rx_replace(x, pattern, by) -%}{{ return(adapter.dispatch('rx_replace')(x, pattern, by)) }}{%- endmacro %}
{% macro duckdb__rx_replace(x, pattern, by) -%}regexp_replace({{ x }}, '{{ pattern }}', '{{ by }}', 'g'){%- endmacro %}
{% macro spark__rx_replace(x, pattern, by) -%}regexp_replace({{ x }}, r'{{ pattern }}', '{{ by }}'){%- endmacro %}

{# The first text that fits; null where none does. #}
{% macro rx_find(x, pattern) -%}{{ return(adapter.dispatch('rx_find')(x, pattern)) }}{%- endmacro %}
{% macro duckdb__rx_find(x, pattern) -%}nullif(regexp_extract({{ x }}, '{{ pattern }}'), ''){%- endmacro %}
{% macro spark__rx_find(x, pattern) -%}nullif(regexp_extract({{ x }}, r'{{ pattern }}', 0), ''){%- endmacro %}

{# Hexadecimal SHA-256 (FIPS 180-4) of a text. #}
{% macro sha256_hex(x) -%}{{ return(adapter.dispatch('sha256_hex')(x)) }}{%- endmacro %}
{% macro duckdb__sha256_hex(x) -%}sha256({{ x }}){%- endmacro %}
{% macro spark__sha256_hex(x) -%}sha2({{ x }}, 256){%- endmacro %}

{# Outer white space off, the full-width space U+3000 included (Spark keeps it unless told). #}
{% macro trim_space(x) -%}{{ return(adapter.dispatch('trim_space')(x)) }}{%- endmacro %}
{% macro duckdb__trim_space(x) -%}trim({{ x }}, ' ' || chr(9) || chr(10) || chr(13) || chr(12288)){%- endmacro %}
{% macro spark__trim_space(x) -%}trim(both concat(' ', char(9), char(10), char(13), '　') from {{ x }}){%- endmacro %}

{# Distinct texts of a group, sorted, joined by a comma; null when there is none. #}
{% macro list_agg_sorted(x) -%}{{ return(adapter.dispatch('list_agg_sorted')(x)) }}{%- endmacro %}
{% macro duckdb__list_agg_sorted(x) -%}string_agg(distinct {{ x }}, ',' order by {{ x }}){%- endmacro %}
{% macro spark__list_agg_sorted(x) -%}nullif(array_join(array_sort(collect_set({{ x }})), ','), ''){%- endmacro %}
