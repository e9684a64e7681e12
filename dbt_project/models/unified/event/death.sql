-- A number beside another's name is not its holder's: a relative's was typed (F05 does). Such a record is kept and says
-- nothing of anybody's death. One without a day (or with one that had not come) leads only where none tells a day.
with recorded as (
    select
        claim.person_id,
        said.feed,
        said.happened_on as death_date,
        said.record_key,
        claim.source_ref,
        claim.basis,
        not coalesce({{ same_name('claim.name', 'valued.name') }}, true) as is_doubted
    from {{ ref('said_event') }} as said
    inner join {{ ref('person_claim') }} as claim
        on claim.record_key = said.record_key and claim.feed = said.feed and claim.role = said.role
    left join {{ ref('person_value') }} as valued on valued.person_id = claim.person_id
    where said.event = 'death' and claim.person_id is not null
),

-- A death after the date the township spoke of is news; one without a date is what it was asked about.
answered as (
    select
        recorded.*,
        case when coalesce(recorded.death_date, word.said_on) <= word.said_on then word.ticket_id end as denied_by
    from recorded
    left join {{ ref('life_word') }} as word on word.person_id = recorded.person_id and word.asserts = '健在'
)

select
    answered.person_id,
    answered.feed,
    answered.death_date,
    answered.record_key,
    answered.source_ref,
    answered.basis,
    answered.is_doubted,
    answered.denied_by,
    not answered.is_doubted and row_number() over (
        partition by answered.person_id, answered.is_doubted
        order by case when answered.denied_by is null then 0 else 1 end,
            case when answered.death_date is null then 1 else 0 end, precedence.rank nulls last,
            answered.death_date, answered.source_ref
    ) = 1 as is_leading
from answered
left join {{ ref('precedence') }} as precedence
    on precedence.feed = answered.feed and precedence.field = 'death_date'
