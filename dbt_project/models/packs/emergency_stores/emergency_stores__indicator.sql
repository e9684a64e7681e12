with supplied as (
    select
        township_code,
        count(case when stock_defect is null then 1 end) as numerator,
        count(*) as denominator
    from {{ ref('emergency_stores__file') }}
    where subject_kind = 'emergency_supply'
    group by township_code
),

posted as (
    select
        township_code,
        count(responsible_phone) as numerator,
        count(*) as denominator
    from {{ ref('emergency_stores__file') }}
    where subject_kind = 'emergency_post'
    group by township_code
),

counted as (
    {{ by_unit('supplied', 'supplies_in_order') }}
    union all
    {{ by_unit('posted', 'posts_with_phone') }}
)

select * from counted
