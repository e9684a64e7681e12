{#- Who is six by the end of August goes to school in September (Compulsory Education Law, article 11). -#}
with child as (
    select
        resident.person_id,
        township.county_name,
        cast(
            extract(year from resident.birth_date) + case when extract(month from resident.birth_date) > 8 then 7 else 6 end
            as bigint
        ) as entry_year
    from {{ ref('return_resident') }} as resident
    inner join {{ ref('division') }} as township
        on township.division_code = resident.township_code and township.level_name = '乡镇'
    where resident.birth_date is not null
),

pupil as (
    select distinct person_id from {{ ref('school_roll') }} where status_name = '在读' and person_id is not null
)

select
    child.county_name,
    child.entry_year,
    count(pupil.person_id) as pupil_count,
    count(*) - count(pupil.person_id) as not_enrolled_count
from child
left join pupil on pupil.person_id = child.person_id
where child.entry_year > extract(year from {{ as_of() }}) - 9 and child.entry_year <= extract(year from {{ as_of() }}) + 7
group by child.county_name, child.entry_year
