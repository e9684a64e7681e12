-- What became of every decision of people. A key that numbers bear stands for itself; one that was given up leads to whom
-- its numbers mean in this turn, however many merges lie between and whether they were undone. What a number meant before is
-- known from earlier turns alone, so that a turn that runs again finds the same.
with decided_key as (
    select distinct person_id from {{ source('ledger', 'linkage_decision') }}
),

meaning as (
    select id_no, person_id, as_of from {{ source('ledger', 'person_key') }} where as_of < {{ as_of() }}
    union all
    select id_no, person_id, as_of from {{ source('ledger', 'person_key_event') }} where as_of < {{ as_of() }}
),

-- The numbers a key was given up with, by a turn before or by this one.
left_behind as (
    select former_person_id as person_id, id_no, as_of from {{ source('ledger', 'person_key_event') }}
    where kind = 'merge' and as_of < {{ as_of() }}
    union all
    select person_id, id_no, {{ as_of() }} as as_of from (
        select id_no, person_id, row_number() over (partition by id_no order by as_of desc) as newest from meaning
        where id_no in (
            select meaning.id_no from meaning inner join decided_key on decided_key.person_id = meaning.person_id
        )
    ) as ranked
    where newest = 1
),

leads as (
    select former_person_id, person_id from (
        select
            left_behind.person_id as former_person_id,
            identifier.person_id,
            row_number() over (
                partition by left_behind.person_id
                order by
                    left_behind.as_of desc,
                    case when {{ derived_key('person', ['left_behind.id_no']) }} = left_behind.person_id then 0 else 1 end,
                    left_behind.id_no
            ) as choice
        from left_behind
        inner join decided_key on decided_key.person_id = left_behind.person_id
        inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = left_behind.id_no
    ) as ranked
    where choice = 1
),

borne as (
    select distinct decided_key.person_id
    from {{ ref('person_identifier') }} as identifier
    inner join decided_key on decided_key.person_id = identifier.person_id
),

numbered as (
    select said.claim_id, identifier.person_id
    from {{ ref('said_person') }} as said
    inner join (select distinct claim_id from {{ source('ledger', 'linkage_decision') }}) as decided
        on decided.claim_id = said.claim_id
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = said.linked_id_no
),

seen as (
    select claim_id, person_id, turn, is_numbered from {{ source('ledger', 'ruled_out') }} where as_of < {{ as_of() }}
),

entry as (
    select
        decided.decision_no,
        decided.claim_id,
        decided.person_id as decided_person_id,
        coalesce(borne.person_id, leads.person_id) as person_id,
        decided.decision,
        decided.turn
    from {{ source('ledger', 'linkage_decision') }} as decided
    left join borne on borne.person_id = decided.person_id
    left join leads on leads.former_person_id = decided.person_id
),

of_pair as (
    select
        entry.*,
        max(case when decision = 'open' then decision_no end) over (partition by claim_id, person_id) as opened_no,
        min(case when decision <> 'open' then decision_no end) over (partition by claim_id, person_id) as first_no,
        max(case when decision <> 'same' then decision_no end) over (partition by claim_id, person_id) as other_no,
        row_number() over (partition by claim_id, person_id order by decision_no desc) as newest
    from entry
    where person_id is not null
),

-- Of two persons who are to be one row, the one said first stands until that is taken back: a slip of the key replaces nothing.
same as (
    select decision_no, row_number() over (partition by claim_id order by since, decision_no) as place from (
        select
            of_pair.*,
            min(case when decision = 'same' and decision_no > coalesce(other_no, 0) then decision_no end)
                over (partition by claim_id, person_id) as since
        from of_pair
    ) as begun
    where newest = 1 and decision = 'same'
)

select
    entry.decision_no,
    entry.claim_id,
    entry.decided_person_id,
    entry.person_id,
    entry.decision,
    entry.turn,
    numbered.claim_id is not null as is_numbered,
    case
        when entry.person_id is null then 'nobody'
        when entry.decision = 'open' then case when of_pair.first_no < entry.decision_no then 'takes_back' else 'no_effect' end
        when entry.decision_no < of_pair.opened_no then 'taken_back'
        when of_pair.newest > 1 then 'replaced'
        when same.place > 1 then 'waits'
        -- A number that came after somebody said "not him" is stronger; one that was there was known to whoever said so.
        when entry.decision = 'not_same' and numbered.claim_id is not null and not seen.is_numbered then 'outweighed'
        else 'counts'
    end as outcome
from entry
left join of_pair on of_pair.decision_no = entry.decision_no
left join same on same.decision_no = entry.decision_no
left join numbered on numbered.claim_id = entry.claim_id and numbered.person_id = entry.person_id
left join seen
    on seen.claim_id = entry.claim_id
    and seen.person_id = entry.decided_person_id
    and seen.turn = entry.turn
