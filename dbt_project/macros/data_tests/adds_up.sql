{# Of a model of counts (level_name, unit_code, parent_code, measure, value, why_not_additive): what is additive adds up, unit by
   unit, from every level to the one above, and every level has the whole. #}
{% test adds_up(model) %}
    {%- for level, above in [('县', '市'), ('乡镇', '县'), ('村', '乡镇'), ('网格', '村')] %}
    select coalesce(whole.measure, parts.measure) as measure, whole.unit_code, parts.parent_code, whole.value, parts.value as parts
    from (select * from {{ model }} where level_name = '{{ above }}' and why_not_additive is null) as whole
    full join (
        select measure, parent_code, sum(value) as value
        from {{ model }}
        where level_name = '{{ level }}' and why_not_additive is null
        group by measure, parent_code
    ) as parts on parts.measure = whole.measure and parts.parent_code = whole.unit_code
    where coalesce(whole.value, -1) <> coalesce(parts.value, -1)
    {{ "union all" if not loop.last }}
    {%- endfor %}
{% endtest %}
