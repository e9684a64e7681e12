with feed_rank as (
    select
        feed,
        max(case when field = 'name' then rank end) as name_rank,
        max(case when field = 'sex_code' then rank end) as sex_rank,
        max(case when field = 'birth_date' then rank end) as birth_rank
    from {{ ref('source_precedence') }}
    group by feed
),

claim as (
    select
        claim.person_id,
        claim.name,
        coalesce(claim.id_sex_code, claim.sex_code) as sex_code,
        coalesce(claim.id_birth_date, claim.birth_date) as birth_date,
        case when claim.name is not null then {{ claim_queue('feed_rank.name_rank') }} end as name_queue,
        case when coalesce(claim.id_sex_code, claim.sex_code) is not null then {{ claim_queue('feed_rank.sex_rank') }} end as sex_queue,
        case when coalesce(claim.id_birth_date, claim.birth_date) is not null then {{ claim_queue('feed_rank.birth_rank') }} end as birth_queue
    from {{ ref('person_claim') }} as claim
    left join feed_rank on feed_rank.feed = claim.feed
    where claim.person_id is not null
),

agreed as (
    select
        person_id,
        min_by(name, name_queue) as name,
        substr(min(name_queue), 9) as name_source_ref,
        min_by(sex_code, sex_queue) as sex_code,
        substr(min(sex_queue), 9) as sex_source_ref,
        min_by(birth_date, birth_queue) as birth_date,
        substr(min(birth_queue), 9) as birth_source_ref
    from claim
    group by person_id
),

hukou as (
    select * from (
        select
            resident.*,
            claim.person_id,
            row_number() over (
                partition by claim.person_id
                order by case when resident.status_name = '正常' then 0 else 1 end,
                    resident.updated_date desc nulls last, resident.delivery_seq desc, resident.source_ref
            ) as choice
        from {{ ref('stg_public_security__residents') }} as resident
        inner join {{ ref('person_claim') }} as claim on claim.claim_id = resident.record_key
    ) as ranked
    where choice = 1
)

select
    identifier.person_id,
    identifier.id_no,
    agreed.name,
    agreed.name_source_ref,
    agreed.sex_code,
    agreed.sex_source_ref,
    agreed.birth_date,
    agreed.birth_source_ref,
    hukou.ethnic_code,
    case when hukou.household_no is not null then {{ derived_key('household', ['hukou.household_no']) }} end as household_id,
    hukou.household_no,
    hukou.current_division_code as hukou_division_code,
    hukou.township_code as hukou_township_code,
    hukou.hukou_address,
    hukou.source_ref as hukou_source_ref,
    hukou.status_name as hukou_status_name,
    hukou.status_source_ref as hukou_status_source_ref,
    hukou.record_key as hukou_record_key,
    residence.dwelling_id,
    residence.grid_code as residence_grid_code,
    residence.township_code as residence_township_code,
    residence.village_code as residence_village_code,
    residence.address as residence_address,
    residence.source_ref as residence_source_ref,
    residence.living_type,
    residence.living_type_source_ref,
    coalesce(residence.township_code, hukou.township_code) as township_code,
    case when residence.township_code is not null then residence.village_code else substr(hukou.current_division_code, 1, 12) end as village_code,
    death.person_id is null and coalesce(hukou.status_name, '') <> '死亡注销' as is_alive,
    death.death_date,
    death.feed as death_feed,
    death.source_ref as death_source_ref,
    {{ age_on('agreed.birth_date', as_of()) }} as age_years
from {{ ref('person_identifier') }} as identifier
left join agreed on agreed.person_id = identifier.person_id
left join hukou on hukou.person_id = identifier.person_id
left join {{ ref('person_dwelling') }} as residence
    on residence.person_id = identifier.person_id and residence.is_residence
left join {{ ref('death') }} as death on death.person_id = identifier.person_id and death.is_leading
where identifier.is_current
