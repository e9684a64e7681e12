with resident as (
    select
        person.*,
        coalesce(residence_address, hukou_address) as address
    from {{ ref('person') }} as person
    where {{ is_resident() }} and township_code is not null
)

select
    resident.township_code,
    resident.person_id,
    resident.name,
    sex.label as sex_name,
    resident.id_no,
    resident.birth_date,
    resident.age_years,
    resident.household_id,
    resident.household_no,
    village.division_code as village_code,
    village.division_name as village_name,
    resident.residence_grid_code as grid_code,
    resident.living_type,
    resident.address,
    resident.hukou_status_name,
    resident.is_alive,
    resident.disputed || '有异议' as disputed
from resident
left join {{ ref('division') }} as village
    on village.division_code = resident.village_code and village.level_name = '村'
left join {{ ref('code_label') }} as sex on sex.code_list = 'sex' and sex.code = resident.sex_code
