with recorded as (
    select feed, role, record_key, happened_on as death_date
    from {{ ref('said_event') }}
    where event = 'death'
)

select
    claim.person_id,
    recorded.feed,
    recorded.death_date,
    recorded.record_key,
    claim.source_ref,
    claim.basis,
    word.ticket_id as denied_by,
    row_number() over (
        partition by claim.person_id
        order by case when word.ticket_id is null then 0 else 1 end, precedence.rank nulls last, recorded.death_date nulls last, claim.source_ref
    ) = 1 as is_leading
from recorded
inner join {{ ref('person_claim') }} as claim
    on claim.record_key = recorded.record_key and claim.feed = recorded.feed and claim.role = recorded.role
left join {{ ref('said_rank') }} as precedence
    on precedence.feed = recorded.feed and precedence.field = 'death_date'
-- A death after the date the township spoke of is news; one without a date is what it was asked about.
left join {{ ref('life_word') }} as word
    on word.person_id = claim.person_id
    and word.asserts = '健在'
    and coalesce(recorded.death_date, word.said_on) <= word.said_on
where claim.person_id is not null
