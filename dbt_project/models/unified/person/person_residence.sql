-- Where somebody usually lives: of the evidence that stands today what is known by place, fresh, first in the queue, newest.
with evidence as (
    select
        claim.person_id,
        said.feed,
        said.record_key,
        said.source_ref,
        said.delivery_seq,
        said.seen_date,
        said.grid_code,
        coalesce(lived.village_code, said.village_code) as village_code,
        coalesce(lived.township_code, said.township_code) as township_code,
        said.address,
        lived.dwelling_id,
        lived.living_type,
        lived.living_type_source_ref,
        precedence.rank,
        coalesce(said.seen_date < precedence.trusted_since, false) as is_old
    from {{ ref('said_residence') }} as said
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = said.claim_id and claim.feed = said.feed
    inner join {{ ref('precedence') }} as precedence
        on precedence.feed = said.feed and precedence.field = 'residence' and precedence.rank is not null
    left join {{ ref('person_dwelling') }} as lived
        on lived.record_key = said.record_key and lived.person_id = claim.person_id
    where claim.person_id is not null and coalesce(said.until_date, {{ as_of() }}) >= {{ as_of() }}
)

select
    person_id,
    feed,
    record_key,
    source_ref,
    seen_date,
    grid_code,
    village_code,
    township_code,
    address,
    dwelling_id,
    living_type,
    living_type_source_ref,
    is_old
from (
    select
        evidence.*,
        row_number() over (
            partition by person_id
            order by case when township_code is null then 1 else 0 end, case when is_old then 1 else 0 end, rank,
                seen_date desc nulls last, delivery_seq desc, source_ref
        ) as choice
    from evidence
) as ranked
where choice = 1
