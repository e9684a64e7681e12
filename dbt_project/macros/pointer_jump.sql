{# Follow `pointer` from row to row of `start(key, pointer, ...)` by doubling: after round n every pointer has gone
   2^n steps, so three rounds reach eight hops. Emits the CTEs jump_1 .. jump_<rounds>; the end of a chain must
   point to itself (it stays) or to null (its chain is lost). #}
{% macro pointer_jump(start, key, rounds=3) %}
{%- for round in range(1, rounds + 1) %}
{%- set before = start if round == 1 else "jump_" ~ (round - 1) %}
jump_{{ round }} as (
    select here.{{ key }}, there.pointer
    from {{ before }} as here
    left join {{ before }} as there on there.{{ key }} = here.pointer
){{ "," if not loop.last }}
{%- endfor %}
{% endmacro %}
