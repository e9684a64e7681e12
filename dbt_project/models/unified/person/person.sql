-- Few people stand in several households: only those are ranked, so that wide rows pass by once.
with outranked as (
    select record_key from (
        select
            member.record_key,
            row_number() over (
                partition by member.person_id
                order by case when member.is_active then 0 else 1 end,
                    member.updated_date desc nulls last, member.delivery_seq desc, member.source_ref
            ) as choice
        from {{ ref('household_member') }} as member
        inner join (
            select person_id from {{ ref('household_member') }} group by person_id having count(*) > 1
        ) as repeated on repeated.person_id = member.person_id
    ) as ranked
    where choice > 1
),

hukou as (
    select member.*
    from {{ ref('household_member') }} as member
    left join outranked on outranked.record_key = member.record_key
    where outranked.record_key is null
),

-- What a township says counts until a death is recorded that it could not deny.
word as (
    select life_word.* from {{ ref('life_word') }} as life_word
    left join {{ ref('death') }} as news
        on news.person_id = life_word.person_id and news.is_leading and news.denied_by is null
    where life_word.asserts = '死亡' or news.person_id is null
),

-- Found registered in a house they do not live in.
absent as (
    select * from (
        select
            lived.*,
            row_number() over (partition by person_id order by survey_date desc nulls last, record_key) as choice
        from {{ ref('person_dwelling') }} as lived
        where living_type = '户在人不在'
    ) as ranked
    where choice = 1
),

-- One old visit does not outweigh the household register.
outweighed as (
    select residence.person_id
    from {{ ref('person_residence') }} as residence
    inner join {{ ref('household_member') }} as member on member.person_id = residence.person_id
    where residence.is_old
    group by residence.person_id
),

lived as (
    select residence.*
    from {{ ref('person_residence') }} as residence
    left join outweighed on outweighed.person_id = residence.person_id
    where outweighed.person_id is null
),

grid_mark as (
    select record_key, max(marks) as marks
    from {{ ref('stg_ledger__assertions') }}
    where feed = 'F31' and asserts is null
    group by record_key
)

select
    valued.*,
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
    residence.feed as residence_feed,
    residence.seen_date as residence_seen_date,
    residence.source_ref as residence_source_ref,
    coalesce(residence.living_type, absent.living_type) as living_type,
    coalesce(residence.living_type_source_ref, absent.living_type_source_ref) as living_type_source_ref,
    coalesce(residence.township_code, hukou.township_code) as township_code,
    case
        when residence.township_code is not null then residence.village_code
        else substr(hukou.current_division_code, 1, 12)
    end as village_code,
    case
        when word.asserts = '健在' then true
        when word.asserts = '死亡' then false
        else death.person_id is null and coalesce(hukou.status_name, '') <> '死亡注销'
    end as is_alive,
    word.asserts as life_word,
    coalesce('ticket/' || word.ticket_id, death.source_ref, hukou.status_source_ref) as life_source_ref,
    nullif(concat_ws('、',
        case when death.denied_by is not null or hukou.status_name = '死亡注销' then word.marks end,
        grid_mark.marks
    ), '') as disputed,
    death.death_date,
    death.feed as death_feed,
    death.source_ref as death_source_ref,
    {{ age_on('valued.birth_date', as_of()) }} as age_years
from {{ ref('person_value') }} as valued
left join hukou on hukou.person_id = valued.person_id
left join lived as residence on residence.person_id = valued.person_id
left join absent on absent.person_id = valued.person_id
left join {{ ref('death') }} as death on death.person_id = valued.person_id and death.is_leading
left join word on word.person_id = valued.person_id
left join grid_mark on grid_mark.record_key = coalesce(residence.record_key, absent.record_key)
