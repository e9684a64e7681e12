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
    person.life_word,
    {{ days_between('coalesce(person.death_date, word.said_on)', as_of()) }} as days_since_death
from {{ ref('person') }} as person
-- The register may strike somebody off whose death a township denies: that settles nothing, its ticket stays open.
left join {{ ref('life_word') }} as word
    on word.rule_id = 'R17' and word.person_id = case
        when person.disputed is not null and person.life_word = '健在' and person.hukou_status_name = '死亡注销'
            then person.person_id
    end
where person.hukou_status_name = '正常' or word.person_id is not null
