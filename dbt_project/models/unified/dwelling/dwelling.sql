with ranked as (
    select
        survey.*,
        {{ derived_key('dwelling', ['scope', 'house_no']) }} as dwelling_id,
        row_number() over (
            partition by scope, house_no
            order by case when current_grid_code is not null then 0 when township_code is not null then 1 else 2 end,
                survey_date desc nulls last, source_ref
        ) as choice
    from {{ ref('said_dwelling') }} as survey
    where survey.numbers = 'survey'
)

select
    dwelling_id,
    scope as county_code,
    house_no,
    max(case when choice = 1 then house_address end) as address,
    max(case when choice = 1 then current_grid_code end) as grid_code,
    max(case when choice = 1 then current_division_code end) as village_code,
    max(case when choice = 1 then township_code end) as township_code,
    count(case when name is not null and coalesce(living_type, '') <> '空置' then 1 end) as resident_count,
    count(case when name is not null and coalesce(living_type, '') <> '空置' then 1 end) = 0 as is_vacant,
    max(case when choice = 1 then source_ref end) as source_ref
from ranked
group by dwelling_id, scope, house_no
