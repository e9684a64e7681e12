select
    person.hukou_record_key as entity_key,
    person.person_id as group_key,
    person.township_code,
    'F01' as feed,
    person.hukou_record_key as record_key,
    person.hukou_source_ref as source_ref,
    person.person_id,
    person.name,
    person.id_no,
    person.hukou_status_name as status_name,
    person.death_date,
    person.death_feed,
    person.death_source_ref,
    {{ days_between('person.death_date', as_of()) }} as days_since_death
from {{ ref('person') }} as person
where person.hukou_status_name = '正常'
