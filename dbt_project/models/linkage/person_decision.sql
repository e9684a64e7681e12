-- A key that was given up in a merge leads to the one that stands for it now.
with moved as (
    select * from (
        select
            former_person_id,
            person_id,
            row_number() over (partition by former_person_id order by as_of desc, person_id) as newest
        from {{ source('ledger', 'person_key_event') }}
        where kind = 'merge' and as_of < {{ as_of() }}
    ) as ranked
    where newest = 1
),

decision as (
    select
        decided.claim_id,
        coalesce(moved.person_id, decided.person_id) as person_id,
        decided.decision,
        row_number() over (
            partition by decided.claim_id, coalesce(moved.person_id, decided.person_id)
            order by decided.decided_on desc, decided.person_id
        ) as newest
    from {{ source('ledger', 'linkage_decision') }} as decided
    left join moved on moved.former_person_id = decided.person_id
)

select claim_id, person_id, decision from decision
where newest = 1 and person_id in (select person_id from {{ ref('person_identifier') }})
