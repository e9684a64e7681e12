-- Who is known by no number is called as the record calls them.
select
    coalesce(person.township_code, tag.township_code) as township_code,
    tag.subject_id as person_id,
    coalesce(person.name, claim.returned_name) as name,
    coalesce(person.id_no, claim.id_no) as id_no,
    village.division_name as village_name,
    tag.tag_name as group_name,
    tag.detail,
    benefit.amount,
    benefit.pay_month,
    person.disputed || '有异议' as disputed,
    tag.source_ref
from {{ ref('tag') }} as tag
inner join {{ ref('tag_kind') }} as kind on kind.tag_code = tag.tag_code and kind.is_returned
left join {{ ref('benefit') }} as benefit
    on benefit.source_ref = tag.source_ref and benefit.pay_month = {{ month_of('tag.valid_from') }}
left join {{ ref('person_claim') }} as claim
    on claim.source_ref = tag.source_ref and claim.role = 'self' and claim.person_id is null
left join {{ ref('person') }} as person on person.person_id = tag.subject_id
left join {{ ref('division') }} as village
    on village.division_code = person.village_code and village.level_name = '村'
where tag.subject_kind = 'person'
    and coalesce(person.is_alive, true)
    and coalesce(person.township_code, tag.township_code) is not null
