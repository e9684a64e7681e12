{%- set compared = [
    ('姓名', 'name'), ('性别', 'sex_name'), ('出生日期', 'birth_date'),
    ('村居', 'village_name'), ('网格', 'grid_code'), ('居住类型', 'living_type'),
] -%}
with issued as (
    select * from {{ source('ledger', 'issued_resident') }}
    where as_of = (select max(as_of) from {{ source('ledger', 'issued_resident') }} where as_of < {{ as_of() }})
),

-- Numbers known before this turn, and who holds them now: the newest one is the number last returned.
known_id as (
    select
        registry.person_id as issued_person_id,
        identifier.person_id,
        registry.id_no,
        row_number() over (
            partition by registry.person_id order by registry.as_of desc, identifier.is_current desc, registry.id_no
        ) as newest
    from {{ source('ledger', 'person_key') }} as registry
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = registry.id_no
    where registry.as_of < {{ as_of() }}
),

returned as (
    select
        issued.*,
        coalesce(known_id.person_id, issued.person_id) as person_id_now,
        known_id.id_no as issued_id_no
    from issued
    left join known_id on known_id.issued_person_id = issued.person_id and known_id.newest = 1
),

matched as (
    select
        returned.township_code as old_township_code,
        returned.person_id_now,
        returned.issued_id_no,
        {%- for _, field in compared %}
        returned.{{ field }} as old_{{ field }},
        {%- endfor %}
        here.*
    from returned
    full outer join {{ ref('return_resident') }} as here
        on here.township_code = returned.township_code and here.person_id = returned.person_id_now
    where exists (select 1 from issued)
),

-- Of whom R17 and R20 ask whether they live: no list tells that they are dead meanwhile.
in_question as (
    select person_id from {{ ref('person') }}
    where life_word is null and hukou_status_name = '正常'
    union
    select person_id from {{ ref('benefit_payee') }}
    where life_word is null and months_paid_after_death > 0
),

change as (
    select
        township_code, '新增' as change_type, person_id, name, village_name,
        cast(null as string) as field_label, cast(null as string) as old_value, cast(null as string) as new_value
    from matched where old_township_code is null
    union all
    select
        matched.old_township_code, '减少', matched.person_id_now, matched.old_name, matched.old_village_name,
        '去向', cast(null as string),
        case
            when not person.is_alive and person.person_id in (select person_id from in_question where person_id is not null)
                then '死亡（待核实）'
            when not person.is_alive then '死亡'
            when person.township_code <> matched.old_township_code then coalesce(township.township_name, '其他镇街')
            else '不在库'
        end
    from matched
    left join {{ ref('person') }} as person on person.person_id = matched.person_id_now
    left join {{ ref('division') }} as township
        on township.division_code = person.township_code and township.level_name = '乡镇'
    where matched.township_code is null
    union all
    select township_code, '换号', person_id, name, village_name, '身份证号', issued_id_no, id_no
    from matched where old_township_code is not null and issued_id_no <> id_no
    {%- for label, field in compared %}
    union all
    select
        township_code, '变更', person_id, name, village_name,
        '{{ label }}', cast(old_{{ field }} as string), cast({{ field }} as string)
    from matched
    where old_township_code is not null and township_code is not null
        and coalesce(cast(old_{{ field }} as string), '') <> coalesce(cast({{ field }} as string), '')
    {%- endfor %}
)

select distinct township_code, change_type, person_id, name, village_name, field_label, old_value, new_value
from change
