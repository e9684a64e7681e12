{%- set counts = [
    ('village', ref('division'), "level_name = '村' and is_current"),
    ('grid', ref('division'), "level_name = '网格' and is_current"),
    ('resident', ref('return_resident'), 'is_alive'),
    ('aged_80', ref('return_resident'), 'age_years >= 80'),
    ('household', ref('household'), 'member_count > 0'),
    ('dwelling', ref('dwelling'), 'true'),
    ('enterprise', ref('enterprise'), "status_name = '存续'"),
] -%}
select
    unit.division_code as township_code,
    unit.township_name,
    unit.county_code,
    unit.county_name
    {%- for name, _, _ in counts %},
    coalesce({{ name }}.counted, 0) as {{ name }}_count
    {%- endfor %}
from {{ ref('division') }} as unit
{%- for name, counted, condition in counts %}
left join (
    select township_code, count(*) as counted from {{ counted }} where {{ condition }} group by township_code
) as {{ name }} on {{ name }}.township_code = unit.division_code
{%- endfor %}
where unit.level_name = '乡镇' and unit.is_current
