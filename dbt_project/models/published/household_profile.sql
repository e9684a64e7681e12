with aged as (
    select
        household_id,
        count(case when age_years < 15 then 1 end) as child_count,
        count(case when age_years >= 65 then 1 end) as elderly_count
    from {{ ref('return_resident') }}
    where household_id is not null
    group by household_id
)

select
    household.household_id,
    township.county_name,
    township.township_name,
    household.township_code,
    household.household_type,
    household.member_count,
    household.head_state,
    coalesce(aged.child_count, 0) as child_count,
    coalesce(aged.elderly_count, 0) as elderly_count
from {{ ref('household') }} as household
left join aged on aged.household_id = household.household_id
left join {{ ref('division') }} as township
    on township.division_code = household.township_code and township.level_name = '乡镇'
where household.member_count > 0
