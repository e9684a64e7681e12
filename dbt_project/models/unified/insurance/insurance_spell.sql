-- Who has two employers, or was told under two numbers, has several rows of one scheme: those that overlap or touch are one time
-- insured, and of them one that runs speaks, then the one begun last. Few have several, so only those are ranked.
-- A time that cannot be (time_defect) is kept beside them with what was told, joins none and insures nobody; an end that had not come
-- when it was told (9999-12-31) is none.
with said as (
    select
        stated.*,
        {{ seen_on('stated.until_date', 'stated.delivered_on') }} as ended_on,
        {{ time_defect('stated.since_date', 'stated.until_date', 'stated.delivered_on') }} as time_defect
    from {{ ref('said_insurance') }} as stated
),

told as (
    select
        claim.person_id,
        said.*,
        coalesce(employer.uscc, said.employer_code) as employer_no,
        employer.enterprise_id as employer_enterprise_id,
        coalesce(said.since_date, cast('0001-01-01' as date)) as first_day,
        coalesce(
            said.ended_on,
            case when said.is_running and said.time_defect is null then cast('9999-12-31' as date) end,
            said.since_date,
            cast('0001-01-01' as date)
        ) as last_day
    from said
    inner join {{ ref('person_claim') }} as claim on claim.claim_id = said.claim_id and claim.feed = said.feed
    left join {{ ref('enterprise_number') }} as employer on employer.number = said.employer_code
    where claim.person_id is not null
),

several as (
    select
        told.*,
        max(told.last_day) over (
            partition by told.person_id, told.scheme_name order by told.first_day, told.last_day, told.record_key
            rows between unbounded preceding and 1 preceding
        ) as last_day_before
    from told
    inner join (
        select person_id, scheme_name from told where time_defect is null group by person_id, scheme_name having count(*) > 1
    ) as repeated on repeated.person_id = told.person_id and repeated.scheme_name = told.scheme_name
    where told.time_defect is null
),

spelled as (
    select
        several.*,
        sum(case when {{ days_between('last_day_before', 'first_day') }} > 1 then 1 else 0 end) over (
            partition by person_id, scheme_name order by first_day, last_day, record_key
            rows between unbounded preceding and current row
        ) as spell
    from several
),

ranked as (
    select
        record_key,
        spell,
        row_number() over (
            partition by person_id, scheme_name, spell
            order by last_day desc, first_day desc, last_paid_month desc nulls last, record_key
        ) as choice
    from spelled
),

spell as (
    select
        told.person_id,
        told.scheme_name,
        min(told.first_day) as first_day,
        max(told.last_day) as last_day,
        max(told.ended_on) as until_date,
        told.time_defect,
        max(told.last_paid_month) as last_paid_month,
        max(case when told.time_defect is not null then told.record_key end) as odd_key,
        min(case when told.last_day = cast('9999-12-31' as date) then told.employer_no end) as first_employer_code,
        max(case when told.last_day = cast('9999-12-31' as date) then told.employer_no end) as last_employer_code,
        max(case when coalesce(ranked.choice, 1) = 1 then told.status_name end) as status_name,
        max(case when coalesce(ranked.choice, 1) = 1 then told.employer_no end) as employer_code,
        max(case when coalesce(ranked.choice, 1) = 1 then told.employer_enterprise_id end) as employer_enterprise_id,
        max(case when coalesce(ranked.choice, 1) = 1 then told.feed end) as feed,
        max(case when coalesce(ranked.choice, 1) = 1 then told.source_ref end) as source_ref
    from told
    left join ranked on ranked.record_key = told.record_key
    group by told.person_id, told.scheme_name, coalesce(ranked.spell, 0), told.time_defect,
        case when told.time_defect is not null then told.record_key end
)

select
    case
        when spell.time_defect is null then {{ derived_key('insurance', ['spell.person_id', 'spell.scheme_name', 'spell.first_day']) }}
        else {{ derived_key('insurance', ['spell.person_id', 'spell.scheme_name', 'spell.odd_key']) }}
    end as insurance_id,
    spell.person_id,
    spell.scheme_name,
    spell.status_name,
    spell.last_day = cast('9999-12-31' as date) as is_insured,
    nullif(spell.first_day, cast('0001-01-01' as date)) as insured_from,
    case when spell.last_day < cast('9999-12-31' as date) then spell.until_date end as insured_until,
    spell.time_defect,
    spell.last_paid_month,
    spell.employer_code,
    spell.employer_enterprise_id,
    coalesce(spell.first_employer_code <> spell.last_employer_code, false) as has_two_employers,
    spell.feed,
    spell.source_ref
from spell
