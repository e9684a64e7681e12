{#- The newest issue of a turn's return sets says how many residents it told every township of. -#}
with issued as (
    select
        as_of, township_code, residents,
        row_number() over (partition by as_of, township_code order by issue desc) as choice
    from {{ source('ledger', 'return_set') }}
    where as_of <= {{ as_of() }}
)

select township.county_name, issued.as_of, cast(sum(issued.residents) as bigint) as resident_count
from issued
left join {{ ref('division') }} as township
    on township.division_code = issued.township_code and township.level_name = '乡镇'
where issued.choice = 1
group by township.county_name, issued.as_of
