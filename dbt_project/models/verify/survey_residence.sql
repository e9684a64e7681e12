-- The grid on which everybody in a house agrees whose grid is in force: the township is shown it when one is missing.
with housemates as (
    select scope, house_no, min(grid_code) as grid_code
    from {{ ref('stg_grid_centre__grid_survey') }}
    where grid_code = current_grid_code and house_no is not null
    group by scope, house_no
    having min(grid_code) = max(grid_code)
),

-- The village that bears out the township: of the grid, of the house with it or of the person, in this order.
housed as (
    select
        survey.record_key as entity_key,
        {{ derived_key('dwelling', ['survey.scope', 'survey.house_no']) }} as group_key,
        coalesce(
            survey.township_code,
            dwelling.township_code,
            case when substr(person.hukou_township_code, 1, 6) = survey.scope then person.hukou_township_code end
        ) as township_code,
        survey.feed,
        survey.record_key,
        survey.source_ref,
        claim.person_id,
        survey.name,
        survey.id_no,
        survey.grid_code,
        case
            when survey.grid_code is null then 'missing'
            when not survey.is_grid_known then 'unknown'
            when survey.current_grid_code is null or survey.current_grid_code <> survey.grid_code then 'retired'
        end as grid_defect,
        survey.house_no,
        housemates.grid_code as house_grid_code,
        survey.house_address,
        survey.living_type,
        survey.survey_date,
        survey.current_division_code as grid_village_code,
        dwelling.village_code as house_village_code,
        person.village_code as home_village_code
    from {{ ref('stg_grid_centre__grid_survey') }} as survey
    left join {{ ref('person_claim') }} as claim on claim.claim_id = survey.record_key and claim.feed = 'F31'
    left join {{ ref('person') }} as person on person.person_id = claim.person_id
    left join {{ ref('dwelling') }} as dwelling on dwelling.county_code = survey.scope and dwelling.house_no = survey.house_no
    left join housemates on housemates.scope = survey.scope and housemates.house_no = survey.house_no
    where survey.name is not null
        and coalesce(survey.living_type, '') <> '空置'
        and coalesce(person.is_alive, true)
),

villaged as (
    select
        housed.*,
        case
            when substr(grid_village_code, 1, 9) = township_code and length(grid_village_code) >= 12
                then substr(grid_village_code, 1, 12)
            when substr(house_grid_code, 1, 9) = township_code then substr(house_grid_code, 1, 12)
            when substr(house_village_code, 1, 9) = township_code then substr(house_village_code, 1, 12)
            when substr(home_village_code, 1, 9) = township_code then substr(home_village_code, 1, 12)
        end as village_code
    from housed
)

select
    villaged.entity_key,
    villaged.group_key,
    villaged.township_code,
    villaged.feed,
    villaged.record_key,
    villaged.source_ref,
    villaged.person_id,
    villaged.name,
    villaged.id_no,
    villaged.grid_code,
    villaged.grid_defect,
    villaged.house_no,
    villaged.house_grid_code,
    villaged.house_address,
    villaged.living_type,
    villaged.survey_date,
    village.division_name as village_name
from villaged
left join {{ ref('stg_division_code') }} as village
    on village.division_code = villaged.village_code and village.level_name = '村'
