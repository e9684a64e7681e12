with latest_month as (
    select feed, county_code, max(pay_month) as pay_month
    from {{ ref('benefit') }}
    where feed in ('F08', 'F10')
    group by feed, county_code
),

listed as (
    select
        benefit.person_id, benefit.township_code, benefit.name, benefit.id_no, benefit.scheme_name as group_name,
        benefit.band_name as detail, benefit.amount, benefit.pay_month, benefit.source_ref
    from {{ ref('benefit') }} as benefit
    inner join latest_month
        on latest_month.feed = benefit.feed
        and latest_month.county_code = benefit.county_code
        and latest_month.pay_month = benefit.pay_month
    where benefit.is_paid and benefit.scheme_name in ('低保', '特困', '低边', '高龄津贴')
    union all
    select
        claim.person_id, card.township_code, card.name, card.id_no, '残疾人',
        class.label || level.label, cast(null as decimal(18, 2)), cast(null as string), card.source_ref
    from {{ ref('stg_disabled_federation__disability_cards') }} as card
    left join {{ ref('person_claim') }} as claim on claim.claim_id = card.record_key
    left join {{ ref('code_label') }} as class on class.code_list = 'disability_class' and class.code = card.class_code
    left join {{ ref('code_label') }} as level on level.code_list = 'disability_level' and level.code = card.level_code
)

select
    coalesce(person.township_code, listed.township_code) as township_code,
    listed.person_id,
    coalesce(person.name, listed.name) as name,
    coalesce(person.id_no, listed.id_no) as id_no,
    village.division_name as village_name,
    listed.group_name,
    listed.detail,
    listed.amount,
    listed.pay_month,
    person.disputed || '有异议' as disputed,
    listed.source_ref
from listed
left join {{ ref('person') }} as person on person.person_id = listed.person_id
left join {{ ref('division') }} as village
    on village.division_code = person.village_code and village.level_name = '村'
where coalesce(person.is_alive, true)
    and coalesce(person.township_code, listed.township_code) is not null
