{# An indicator of packs at township, county and city level: `counted` is a relation with township_code, numerator and
   denominator. What lies in no known township is counted under 未分配, so that the sums of every level agree. #}
{% macro by_unit(counted, indicator) -%}
    {%- for level, unit in [
        ('乡镇', "coalesce(township_code, '未分配')"), ('县', "coalesce(substr(township_code, 1, 6), '未分配')"), ('市', "'370600'"),
    ] %}
    select
        {{ unit }} as unit_code,
        '{{ level }}' as level,
        {{ as_of() }} as period,
        '{{ indicator }}' as indicator,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(sum(numerator) as double) / nullif(sum(denominator), 0) as value,
        true as is_additive
    from {{ counted }}
    group by {{ unit }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
