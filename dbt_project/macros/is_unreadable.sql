{# The signs that stand where one could not be read, or is hidden (张*), as the inside of a regular expression's brackets; also signs that
   only one maker's font shows (U+E000 to U+F8FF). The one list there is. #}
{% macro unreadable_signs() -%}?？□■〓�*＊%＿_●○◯◇◆△▲※×\x{E000}-\x{F8FF}{%- endmacro %}

{# Whether a text has a sign that could not be read. Such a value stands only where nobody tells a readable one. #}
{% macro is_unreadable(text) -%}
    {{ rx_match(text, '[' ~ unreadable_signs() ~ ']') }}
{%- endmacro %}
