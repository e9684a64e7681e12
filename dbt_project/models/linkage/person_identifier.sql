with known_id as (
    select distinct id_no from {{ ref('said_known_number') }}
),

followed as (
    select old_id_no, id_no, first_id_no from {{ ref('number_change') }} where verdict = 'followed'
),

-- Each number and the first of its chain of changes, itself where nothing is told.
anchored as (
    select known_id.id_no, coalesce(followed.first_id_no, known_id.id_no) as anchor_id_no
    from known_id
    left join followed on followed.id_no = known_id.id_no
),

remembered as (
    select anchor_id_no, person_id, as_of from (
        select
            anchored.anchor_id_no,
            registry.person_id,
            registry.as_of,
            row_number() over (
                partition by anchored.anchor_id_no
                order by registry.as_of nulls last,
                    case when anchored.id_no = anchored.anchor_id_no then 0 else 1 end, anchored.id_no
            ) as choice
        from anchored
        inner join {{ source('ledger', 'person_key') }} as registry on registry.id_no = anchored.id_no
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
)

select
    anchored.id_no,
    coalesce(registered.person_id, {{ derived_key('person', ['anchored.anchor_id_no']) }}) as person_id,
    anchored.anchor_id_no,
    case when anchored.id_no = anchored.anchor_id_no then 'own_id' else 'id_change' end as basis,
    later.old_id_no is null as is_current,
    case when valid.id_no is not null then {{ resident_id_birth('anchored.id_no') }} end as birth_date,
    case when valid.id_no is not null then {{ resident_id_sex('anchored.id_no') }} end as sex_code
from anchored
left join registered on registered.anchor_id_no = anchored.anchor_id_no
left join followed as later on later.old_id_no = anchored.id_no
left join (select distinct id_no_norm as id_no from {{ ref('stg_resident_id') }} where id_no_norm is not null) as valid
    on valid.id_no = anchored.id_no
