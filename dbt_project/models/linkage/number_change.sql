-- Changes of number that F03 tells (身份证号变更), one row each, and which of them are followed. A wrong one makes two people one,
-- so whatever is in doubt is not followed and says why: of the same two numbers only the newest holds; two numbers that nobody
-- tells under one name (a former one is one), or that the register has under different names, or of another sex and birth, are
-- two people's; a number told under names other than the event's is somebody else's. A number that is told to have become two,
-- or to have come from two, was shared by two people or mistyped once: none of these holds, unless all tell one name and that
-- is the register's for one of them and not for the others.
with told as (
    select
        record_key,
        source_ref,
        event_date,
        old_id_no_norm as old_id_no,
        id_no_norm as id_no,
        name
    from {{ ref('stg_public_security__hukou_events') }}
    where event_type = '身份证号变更'
        and old_id_no_norm is not null and id_no_norm is not null
        and old_id_no_norm <> id_no_norm
),

number as (
    select old_id_no as id_no from told union select id_no from told
),

registered as (
    select distinct id_no_norm as id_no, name, sex_code, birth_date
    from {{ ref('stg_public_security__residents') }}
    where id_no_norm in (select id_no from number)
),

-- What the register says of a number where it says one thing.
one_person as (
    select
        id_no,
        case when count(distinct {{ name_key('name') }}) = 1 then min(name) end as name,
        case when count(distinct sex_code) = 1 then min(sex_code) end as sex_code,
        case when count(distinct birth_date) = 1 then min(birth_date) end as birth_date
    from registered group by id_no
),

-- Readable names of a number, whoever tells them, former ones, too; the event that is judged is no witness of its own.
bears as (
    select distinct id_no_norm as id_no, name, case when feed = 'F03' then record_key end as event_key
    from {{ ref('said_person') }}
    where name is not null and not {{ is_unreadable('name') }} and id_no_norm in (select id_no from number)
    union
    select id_no_norm as id_no, old_name as name, null as event_key
    from {{ ref('stg_public_security__hukou_events') }}
    where old_name is not null and not {{ is_unreadable('old_name') }} and id_no_norm in (select id_no from number)
),

witness as (
    select told.record_key, told.name as event_name, bears.name, case when bears.id_no = told.id_no then 1 else 0 end as is_new
    from told
    inner join bears on bears.id_no in (told.old_id_no, told.id_no)
    where bears.event_key is null or bears.event_key <> told.record_key
),

-- Null where nobody can say.
agreed as (
    select
        ours.record_key,
        max(case when theirs.name is not null then
            case when {{ same_name('ours.name', 'theirs.name') }} then 1 else 0 end end) as is_shared,
        max(case when ours.event_name is not null and ours.is_new = 1 then
            case when {{ same_name('ours.event_name', 'ours.name') }} then 1 else 0 end end) as is_named,
        max(case when ours.event_name is not null then
            case when {{ same_name('ours.event_name', 'ours.name') }} then 1 else 0 end end) as is_named_at_all
    from witness as ours
    left join witness as theirs on theirs.record_key = ours.record_key and theirs.is_new = 1 and ours.is_new = 0
    group by ours.record_key
),

compared as (
    select
        told.*,
        coalesce(agreed.is_named, agreed.is_named_at_all) as is_named,
        coalesce(agreed.is_shared = 0, false) or coalesce(not {{ same_name('old.name', 'new.name') }}, false)
        or coalesce(old.sex_code <> new.sex_code and old.birth_date <> new.birth_date, false) as is_of_two,
        row_number() over (
            partition by least(told.old_id_no, told.id_no), greatest(told.old_id_no, told.id_no)
            order by told.event_date desc nulls last, told.source_ref desc
        ) as newest
    from told
    left join agreed on agreed.record_key = told.record_key
    left join one_person as old on old.id_no = told.old_id_no
    left join one_person as new on new.id_no = told.id_no
),

standing as (
    select * from compared where newest = 1 and not is_of_two
),

-- A to C says nothing more where A went to B and B to C.
shortcut as (
    select distinct whole.record_key
    from standing as whole
    inner join standing as leg on leg.old_id_no = whole.old_id_no
    inner join standing as last_leg on last_leg.old_id_no = leg.id_no and last_leg.id_no = whole.id_no
),

counted as (
    select
        standing.*,
        count(*) over (partition by standing.old_id_no) as after_count,
        count(*) over (partition by standing.id_no) as before_count,
        sum(case when standing.is_named = 0 then 0 else 1 end) over (partition by standing.old_id_no) as after_left,
        sum(case when standing.is_named = 0 then 0 else 1 end) over (partition by standing.id_no) as before_left,
        min({{ name_key('standing.name') }}) over (partition by standing.old_id_no)
            = max({{ name_key('standing.name') }}) over (partition by standing.old_id_no) as tells_one_name
    from standing
    left join shortcut on shortcut.record_key = standing.record_key
    where shortcut.record_key is null
),

judged as (
    select
        counted.*,
        case
            when is_named = 0 then 'other_name'
            when after_left > 1 or before_left > 1 then 'several'
            when after_count + before_count > 2 and not coalesce(is_named = 1 and tells_one_name, false) then 'several'
        end as doubt
    from counted
),

-- Of a number that came back, or was given to somebody else, what it became before is not what it is: so no ring closes.
given_again as (
    select earlier.record_key
    from judged as earlier
    inner join judged as later on later.id_no = earlier.old_id_no
    where earlier.doubt is null and later.doubt is null and earlier.event_date < later.event_date
),

link as (
    select judged.id_no, judged.old_id_no
    from judged
    left join given_again on given_again.record_key = judged.record_key
    where judged.doubt is null and given_again.record_key is null
),

start_link as (
    select id_no, old_id_no as pointer from link
    union all
    select old_id_no as id_no, old_id_no as pointer from link where old_id_no not in (select id_no from link)
),
{{ pointer_jump('start_link', 'id_no', rounds=5) }},

chain as (
    select jump_5.id_no, jump_5.pointer as first_id_no
    from jump_5
    left join link on link.id_no = jump_5.pointer
    where link.id_no is null
)

select
    compared.record_key,
    compared.source_ref,
    compared.event_date,
    compared.old_id_no,
    compared.id_no,
    compared.name,
    case
        when compared.newest > 1 then 'older'
        when compared.is_of_two then 'two_people'
        when shortcut.record_key is not null and first_leg.old_id_no is null then 'several'
        when shortcut.record_key is not null then 'shortcut'
        when judged.doubt is not null then judged.doubt
        when given_again.record_key is not null then 'given_again'
        -- More than 32 changes from the first number, or round in a ring within one day.
        when chain.first_id_no is null then 'endless'
        else 'followed'
    end as verdict,
    case when judged.doubt is null and given_again.record_key is null then chain.first_id_no end as first_id_no
from compared
left join shortcut on shortcut.record_key = compared.record_key
left join judged on judged.record_key = compared.record_key
left join given_again on given_again.record_key = compared.record_key
-- What a chain in doubt leaves open, its shortcut does not close.
left join (select distinct old_id_no from link) as first_leg on first_leg.old_id_no = compared.old_id_no
left join chain on chain.id_no = case when judged.record_key is not null then judged.id_no end
