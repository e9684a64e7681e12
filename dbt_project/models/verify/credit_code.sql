with example as (
    select * from (
        select said.*, row_number() over (partition by feed, uscc order by source_ref) as choice
        from {{ ref('said_enterprise') }} as said
    ) as ranked
    where choice = 1
)

select
    {{ derived_key('credit_code', ['example.feed', 'example.uscc']) }} as entity_key,
    {{ derived_key('enterprise', ['example.uscc']) }} as group_key,
    coalesce(example.township_code, enterprise.township_code) as township_code,
    example.feed,
    example.record_key,
    example.source_ref,
    example.uscc,
    coalesce(example.name, enterprise.name) as name,
    example.uscc_defect
from example
left join {{ ref('enterprise_number') }} as meant on meant.number = example.uscc
left join {{ ref('enterprise') }} as enterprise on enterprise.enterprise_id = meant.enterprise_id
