with code as (
    select uscc, uscc_defect, name, township_code, feed, record_key, source_ref
    from {{ ref('stg_market_regulation__enterprises') }}
    union all
    select employer_code, employer_code_defect, cast(null as string), cast(null as string), feed, record_key, source_ref
    from {{ ref('stg_human_resources__employment_insurance') }}
    where employer_code is not null
),

example as (
    select * from (
        select code.*, row_number() over (partition by feed, uscc order by source_ref) as choice
        from code
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
left join {{ ref('enterprise') }} as enterprise on enterprise.uscc = example.uscc
