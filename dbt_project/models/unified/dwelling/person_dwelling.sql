with lived as (
    select
        claim.person_id,
        {{ derived_key('dwelling', ['survey.scope', 'survey.house_no']) }} as dwelling_id,
        survey.*
    from {{ ref('said_dwelling') }} as survey
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = survey.claim_id and claim.feed = survey.feed
    where survey.numbers = 'survey'
        and claim.person_id is not null
        and coalesce(survey.living_type, '') <> '空置'
),

of_dwelling as (
    select * from (
        select
            lived.*,
            row_number() over (
                partition by person_id, dwelling_id
                order by survey_date desc nulls last, delivery_seq desc, source_ref
            ) as choice
        from lived
    ) as ranked
    where choice = 1
)

select
    here.person_id,
    here.dwelling_id,
    here.living_type,
    here.living_type_source_ref,
    here.survey_date,
    here.current_grid_code as grid_code,
    coalesce(here.current_division_code, dwelling.village_code) as village_code,
    coalesce(here.township_code, dwelling.township_code) as township_code,
    here.house_address as address,
    here.record_key,
    here.place_source_ref as source_ref
from of_dwelling as here
inner join {{ ref('dwelling') }} as dwelling on dwelling.dwelling_id = here.dwelling_id
