{#- Each table below counts where the golden row lies, at the lowest unit known; a place counts as what it is today. -#}
{%- set counted = [
    ('person', ref('person'), is_resident(), 'coalesce(residence_grid_code, village_code, township_code)'),
    ('household', ref('household'), 'member_count > 0', 'coalesce(division_code, township_code)'),
    ('dwelling', ref('dwelling'), 'true', 'coalesce(grid_code, village_code, township_code)'),
    ('enterprise', ref('enterprise'), "status_name = '存续'", 'coalesce(division_code, township_code)'),
] -%}
{%- set units = {
    '市': "'370600'",
    '县': "coalesce(county_code, '未分配')",
    '乡镇': "coalesce(township_code, coalesce(county_code, '') || '未分配')",
    '村': "coalesce(village_code, coalesce(township_code, county_code, '') || '未分配')",
    '网格': "coalesce(grid_code, coalesce(village_code, township_code, county_code, '') || '未分配')",
} -%}
{%- set levels = units | list -%}
{%- set own = {'县': 6, '乡镇': 9, '村': 12, '网格': 15} -%}
with tally as (
    {%- for measure, rows, condition, place in counted %}
    select '{{ measure }}' as measure, {{ place }} as place_code, count(*) as counted
    from {{ rows }}
    where {{ condition }}
    group by {{ place }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

payee as (select distinct person_id, township_code from {{ ref('benefit') }} where is_paid and person_id is not null),

-- A unit gone without a successor leaves what lies there to the unit above it.
place as (
    select
        code.division_code as place_code,
        grid.division_code as grid_code,
        village.division_code as village_code,
        township.division_code as township_code,
        county.division_code as county_code
    from (
        select division_code, coalesce(current_code, division_code) as today from {{ ref('division') }}
    ) as code
    {%- for level, name in [('县', 'county'), ('乡镇', 'township'), ('村', 'village'), ('网格', 'grid')] %}
    left join {{ ref('division') }} as {{ name }}
        on {{ name }}.division_code = substr(code.today, 1, {{ own[level] }})
        and {{ name }}.level_name = '{{ level }}' and {{ name }}.is_current
    {%- endfor %}
),

located as (
    select tally.measure, tally.counted, place.grid_code, place.village_code, place.township_code, place.county_code
    from tally
    left join place on place.place_code = tally.place_code
),

paid as (
    select payee.person_id, place.township_code, place.county_code
    from payee
    left join place on place.place_code = payee.township_code
)
{% for rows, of, measure, value, why_not_additive in [
    ('located', levels, 'measure', 'cast(sum(counted) as bigint)', 'cast(null as string)'),
    ('paid', levels[:3], "'payee'", 'count(distinct person_id)', "'一人可在几个镇街领取，每处各计一次，上级只计一次'"),
] %}
{%- for level in of %}
select
    '{{ level }}' as level_name,
    {{ units[level] }} as unit_code,
    {{ "cast(null as string)" if loop.first else units[loop.previtem] }} as parent_code,
    {{ measure }} as measure,
    {{ value }} as value,
    {{ why_not_additive }} as why_not_additive
from {{ rows }}
group by 1, 2, 3, 4
{{ "union all" if not loop.last }}
{%- endfor %}
{{ "union all" if not loop.last }}
{%- endfor %}
