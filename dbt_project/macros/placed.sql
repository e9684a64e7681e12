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
