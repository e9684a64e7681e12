with feed_rank as (
    select
        feed,
        max(case when field = 'name' then rank end) as name_rank,
        max(case when field = 'name' then trusted_since end) as name_since,
        max(case when field = 'sex_code' then rank end) as sex_rank,
        max(case when field = 'sex_code' then trusted_since end) as sex_since,
        max(case when field = 'birth_date' then rank end) as birth_rank,
        max(case when field = 'birth_date' then trusted_since end) as birth_since
    from {{ ref('precedence') }}
    group by feed
),

-- The name travels behind its place in the queue: one text a person to hold instead of three (a source_ref has no space).
named as (
    select
        person_id,
        substr(min(queue), 10, position(' ' in min(queue)) - 10) as name_source_ref,
        substr(min(queue), position(' ' in min(queue)) + 1) as name,
        min(number_ref) as number_ref
    from (
        select
            claim.person_id,
            {{ claim_queue('name', 'claim.returned_name') }} || ' ' || claim.returned_name as queue,
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
        min_by(returned_sex_code, sex_queue) as sex_code,
        substr(min(sex_queue), 10) as sex_source_ref,
        min_by(returned_birth_date, birth_queue) as birth_date,
        substr(min(birth_queue), 10) as birth_source_ref
    from (
        select
            claim.*,
            case when claim.returned_sex_code is not null then {{ claim_queue('sex') }} end as sex_queue,
            case when claim.returned_birth_date is not null then {{ claim_queue('birth') }} end as birth_queue
        from {{ ref('person_claim') }} as claim
        left join feed_rank on feed_rank.feed = claim.feed
        where claim.person_id is not null and claim.id_birth_date is null
    ) as queued
    group by person_id
)

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
