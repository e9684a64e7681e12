{# The key of a thing named by `values` (SQL expressions): the twin of pipelines.kit.keys.derived_key. #}
{% macro derived_key(kind, values) -%}
    substr({{ sha256_hex("concat_ws('|', '" ~ (kind | upper) ~ "'" ~ _key_parts(values) ~ ")") }}, 1, 32)
{%- endmacro %}

{% macro _key_parts(values) -%}
    {%- for value in values -%}
        , upper({{ trim_space("coalesce(cast(" ~ value ~ " as string), '')") }})
    {%- endfor -%}
{%- endmacro %}
