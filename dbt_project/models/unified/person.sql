with feed_rank as (
    select
        feed,
        max(case when field = 'name' then rank end) as name_rank,
        max(case when field = 'sex_code' then rank end) as sex_rank,
        max(case when field = 'birth_date' then rank end) as birth_rank
    from {{ ref('source_precedence') }}
    group by feed
),

named as (
    select
        person_id,
        min_by(name, queue) as name,
        substr(min(queue), 9) as name_source_ref,
        min(number_ref) as number_ref
    from (
        select
            claim.person_id,
            claim.name,
            case when claim.name is not null then {{ claim_queue('feed_rank.name_rank') }} end as queue,
            case when claim.is_current_id then claim.source_ref end as number_ref
        from {{ ref('person_claim') }} as claim
        left join feed_rank on feed_rank.feed = claim.feed
        where claim.person_id is not null
    ) as queued
    group by person_id
),

-- Only who has no valid number needs columns to tell birth and sex.
told as (
    select
        person_id,
        min_by(sex_code, sex_queue) as sex_code,
        substr(min(sex_queue), 9) as sex_source_ref,
        min_by(birth_date, birth_queue) as birth_date,
        substr(min(birth_queue), 9) as birth_source_ref
    from (
        select
            claim.*,
            case when claim.sex_code is not null then {{ claim_queue('feed_rank.sex_rank') }} end as sex_queue,
            case when claim.birth_date is not null then {{ claim_queue('feed_rank.birth_rank') }} end as birth_queue
        from {{ ref('person_claim') }} as claim
        left join feed_rank on feed_rank.feed = claim.feed
        where claim.person_id is not null and claim.id_birth_date is null
    ) as queued
    group by person_id
),

agreed as (
    select
        identifier.person_id,
        identifier.id_no,
        named.name,
        named.name_source_ref,
        coalesce(identifier.sex_code, told.sex_code) as sex_code,
        case when identifier.sex_code is not null then named.number_ref else told.sex_source_ref end as sex_source_ref,
        coalesce(identifier.birth_date, told.birth_date) as birth_date,
        case when identifier.birth_date is not null then named.number_ref else told.birth_source_ref end as birth_source_ref
    from {{ ref('person_identifier') }} as identifier
    left join named on named.person_id = identifier.person_id
    left join told on told.person_id = identifier.person_id
    where identifier.is_current
),

hukou as (
    select * from (
        select
            member.*,
            row_number() over (
                partition by member.person_id
                order by case when member.is_active then 0 else 1 end,
                    member.updated_date desc nulls last, member.delivery_seq desc, member.source_ref
            ) as choice
        from {{ ref('household_member') }} as member
    ) as ranked
    where choice = 1
)

select
    agreed.*,
    hukou.ethnic_code,
    hukou.household_id,
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
    case
        when residence.township_code is not null then residence.village_code
        else substr(hukou.current_division_code, 1, 12)
    end as village_code,
    death.person_id is null and coalesce(hukou.status_name, '') <> '死亡注销' as is_alive,
    death.death_date,
    death.feed as death_feed,
    death.source_ref as death_source_ref,
    {{ age_on('agreed.birth_date', as_of()) }} as age_years
from agreed
left join hukou on hukou.person_id = agreed.person_id
left join {{ ref('person_dwelling') }} as residence
    on residence.person_id = agreed.person_id and residence.is_residence
left join {{ ref('death') }} as death on death.person_id = agreed.person_id and death.is_leading
