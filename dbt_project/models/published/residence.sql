{#- Whoever is counted as a resident, by where the household register has them. -#}
with placed as (
    select
        township.county_name,
        case
            when person.hukou_township_code is null then '无本市户籍'
            when person.hukou_township_code = resident.township_code then '本镇街'
            when home.county_code = township.county_code then '本县区其他镇街'
            else '本市其他县区'
        end as registered_place,
        case when home.county_code <> township.county_code then home.county_name end as registered_county_name
    from {{ ref('return_resident') }} as resident
    inner join {{ ref('person') }} as person on person.person_id = resident.person_id
    left join {{ ref('division') }} as township
        on township.division_code = resident.township_code and township.level_name = '乡镇'
    left join {{ ref('division') }} as home
        on home.division_code = person.hukou_township_code and home.level_name = '乡镇'
)

select county_name, registered_place, registered_county_name, count(*) as resident_count
from placed
group by county_name, registered_place, registered_county_name
