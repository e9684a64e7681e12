select
    resident.person_id,
    resident.household_id,
    cast(extract(year from resident.birth_date) as bigint) as birth_year,
    resident.sex_name,
    township.county_name,
    township.township_name,
    resident.township_code,
    resident.village_code,
    resident.village_name,
    case
        when resident.age_years is null then '不详'
        when resident.age_years < 15 then '0-14岁'
        when resident.age_years < 60 then '15-59岁'
        when resident.age_years < 65 then '60-64岁'
        when resident.age_years < 80 then '65-79岁'
        else '80岁及以上'
    end as age_band,
    resident.living_type,
    household.member_count as household_size,
    resident.disputed
from {{ ref('return_resident') }} as resident
left join {{ ref('division') }} as township
    on township.division_code = resident.township_code and township.level_name = '乡镇'
left join {{ ref('household') }} as household on household.household_id = resident.household_id
