with recorded as (
    select feed, record_key, event_date as death_date
    from {{ ref('stg_public_security__hukou_events') }}
    where event_type = '死亡注销'
    union all
    select feed, record_key, death_date
    from {{ ref('stg_health__death_certificates') }}
)

select
    claim.person_id,
    recorded.feed,
    recorded.death_date,
    recorded.record_key,
    claim.source_ref,
    claim.basis,
    row_number() over (
        partition by claim.person_id
        order by precedence.rank nulls last, recorded.death_date nulls last, claim.source_ref
    ) = 1 as is_leading
from recorded
inner join {{ ref('person_claim') }} as claim
    on claim.record_key = recorded.record_key and claim.feed = recorded.feed
left join {{ ref('source_precedence') }} as precedence
    on precedence.feed = recorded.feed and precedence.field = 'death_date'
where claim.person_id is not null
