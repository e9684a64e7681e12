{#- Grades tell when pupils went to school: rolls of before September are of the school year that began the year before. -#}
{%- set grades = ['一年级', '二年级', '三年级', '四年级', '五年级', '六年级', '七年级', '八年级', '九年级'] -%}
with roll as (
    select
        student_no,
        school_code,
        school_name,
        grade_name,
        scope,
        cast(
            extract(year from delivered_on) - case when extract(month from delivered_on) < 9 then 1 else 0 end
            - case grade_name {%- for grade in grades %} when '{{ grade }}' then {{ loop.index0 }} {%- endfor %} end
            as bigint
        ) as entry_year
    from {{ ref('school_roll') }}
    where status_name = '在读' and grade_name in ('{{ grades | join("', '") }}')
),

school as (select school_code, min(school_name) as school_name from roll group by school_code)

select
    county.division_name as county_name,
    roll.school_code,
    school.school_name,
    roll.grade_name,
    roll.entry_year,
    count(distinct roll.student_no) as pupil_count
from roll
inner join school on school.school_code = roll.school_code
inner join {{ ref('division') }} as county on county.division_code = roll.scope and county.level_name = '县'
group by county.division_name, roll.school_code, school.school_name, roll.grade_name, roll.entry_year
