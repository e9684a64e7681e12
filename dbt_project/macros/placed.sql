{# Rows with the place their code, as it was meant on `day`, is at the business date: `current_division_code` (12 digits
   or what the source gave, mapped through successors; null where that leads nowhere) and `township_code`. A village
   gone without a successor still lies in its township, so the township is looked up by the first nine digits then. #}
{% macro placed(rows, code, day) %}
    select
        {{ rows }}.*,
        unit.current_code as current_division_code,
        case when length(unit.current_code) >= 9 then substr(unit.current_code, 1, 9) else town.current_code end as township_code
    from {{ rows }}
    left join {{ ref('stg_division_version') }} as unit
        on {{ division_on('unit', rows ~ '.' ~ code, day) }}
    left join {{ ref('stg_division_version') }} as town
        on {{ division_on('town', 'substr(' ~ rows ~ '.' ~ code ~ ', 1, 9)', day) }}
        and town.level_name = '乡镇'
{% endmacro %}

{# In what a row's own division (`stated`) and what its address tells (`written`: reference.address) disagree: 镇街, 村居, or
   null where they agree or one is silent. A code of a village that is gone says nothing of villages. #}
{% macro differing_level(stated, written) -%}
    case
        when {{ stated }}.township_code <> {{ written }}.township_code then '镇街'
        when length({{ stated }}.village_code) >= 12 and substr({{ stated }}.village_code, 1, 12) <> {{ written }}.village_code then '村居'
    end
{%- endmacro %}
