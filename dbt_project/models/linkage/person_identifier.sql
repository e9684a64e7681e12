with named as (
    select id_no_norm as id_no, min(name) as name, count(distinct {{ name_key('name') }}) as name_count
    from {{ ref('stg_public_security__residents') }}
    where id_no_norm is not null
    group by id_no_norm
),

-- Where the register has both numbers under two names they are two people: of a number they shared one was given another.
of_two_people as (
    select distinct event.old_id_no_norm as old_id, event.id_no_norm as new_id
    from {{ ref('stg_public_security__hukou_events') }} as event
    inner join named as old on old.id_no = event.old_id_no_norm
    inner join named as new on new.id_no = event.id_no_norm
    where old.name_count = 1 and new.name_count = 1 and not {{ same_name('old.name', 'new.name') }}
),

change_event as (
    -- Of A to B and B back to A only the newest holds, else the chain would be a ring.
    select * from (
        select
            event.old_id_no_norm as old_id,
            event.id_no_norm as new_id,
            event.event_date,
            event.source_ref,
            row_number() over (
                partition by least(event.old_id_no_norm, event.id_no_norm), greatest(event.old_id_no_norm, event.id_no_norm)
                order by event.event_date desc nulls last, event.source_ref desc
            ) as newest
        from {{ ref('stg_public_security__hukou_events') }} as event
        left join of_two_people as two on two.old_id = event.old_id_no_norm and two.new_id = event.id_no_norm
        where event.event_type = '身份证号变更'
            and event.old_id_no_norm is not null and event.id_no_norm is not null
            and event.old_id_no_norm <> event.id_no_norm
            and two.old_id is null
    ) as ranked
    where newest = 1
),

predecessor as (
    select * from (
        select
            change_event.new_id,
            change_event.old_id,
            row_number() over (partition by new_id order by event_date desc nulls last, old_id) as choice
        from change_event
    ) as ranked
    where choice = 1
),

known_id as (
    select distinct id_no from {{ ref('said_known_number') }}
),

start_id as (
    select known_id.id_no, coalesce(predecessor.old_id, known_id.id_no) as pointer
    from known_id
    left join predecessor on predecessor.new_id = known_id.id_no
),
{{ pointer_jump('start_id', 'id_no') }},

remembered as (
    select anchor_id_no, person_id, as_of from (
        select
            jump_3.pointer as anchor_id_no,
            registry.person_id,
            registry.as_of,
            row_number() over (
                partition by jump_3.pointer
                order by registry.as_of nulls last,
                    case when jump_3.id_no = jump_3.pointer then 0 else 1 end, jump_3.id_no
            ) as choice
        from jump_3
        inner join {{ source('ledger', 'person_key') }} as registry on registry.id_no = jump_3.id_no
        where registry.as_of < {{ as_of() }}
    ) as ranked
    where choice = 1
),

-- One key for one person: where a chain came apart, who had it first keeps it and the others get their own.
registered as (
    select anchor_id_no, person_id from (
        select
            anchor_id_no,
            person_id,
            row_number() over (
                partition by person_id
                order by as_of nulls last,
                    case when {{ derived_key('person', ['anchor_id_no']) }} = person_id then 0 else 1 end, anchor_id_no
            ) as choice
        from remembered
    ) as ranked
    where choice = 1
),

newest_of_chain as (
    select id_no from (
        select
            jump_3.id_no,
            row_number() over (
                partition by jump_3.pointer order by change_event.event_date desc nulls last, jump_3.id_no desc
            ) as choice
        from jump_3
        left join change_event on change_event.new_id = jump_3.id_no
        where jump_3.id_no not in (select old_id from change_event)
    ) as ranked
    where choice = 1
)

select
    jump_3.id_no,
    coalesce(registered.person_id, {{ derived_key('person', ['jump_3.pointer']) }}) as person_id,
    jump_3.pointer as anchor_id_no,
    case when jump_3.id_no = jump_3.pointer then 'own_id' else 'id_change' end as basis,
    newest_of_chain.id_no is not null as is_current,
    case when valid.id_no is not null then {{ resident_id_birth('jump_3.id_no') }} end as birth_date,
    case when valid.id_no is not null then {{ resident_id_sex('jump_3.id_no') }} end as sex_code
from jump_3
left join registered on registered.anchor_id_no = jump_3.pointer
left join newest_of_chain on newest_of_chain.id_no = jump_3.id_no
left join (select distinct id_no_norm as id_no from {{ ref('stg_resident_id') }} where id_no_norm is not null) as valid
    on valid.id_no = jump_3.id_no
