-- A project filed again under a new code goes on under it: codes of one firm, name and total are one project where no stage
-- is told under two of them. Projects that only look alike have each their own stages. Of its rows the newest that is no payment
-- speaks.
with stated as (
    select
        record.*,
        {{ in_yuan('record.total_amount', 'record.amount_unit') }} as yuan
    from {{ ref('project_record') }} as record
    where record.project_code is not null and record.record_type in ('项目', '补贴')
),

coded as (
    select
        project_code,
        max(coalesce(enterprise_id, uscc)) as firm,
        max(project_name) as project_name,
        max(case when record_type = '项目' then yuan end) as yuan,
        min(record_date) as first_date
    from stated
    group by project_code
),

alike as (
    select
        coded.firm,
        coded.project_name,
        coded.yuan
    from coded
    inner join (
        select distinct project_code, stage_name from stated where record_type = '项目'
    ) as stage on stage.project_code = coded.project_code
    group by coded.firm, coded.project_name, coded.yuan
    having count(*) = count(distinct stage.stage_name) and count(distinct coded.project_code) > 1
),

identified as (
    select
        coded.project_code,
        case
            when alike.firm is null then coded.project_code
            else first_value(coded.project_code) over (
                partition by coded.firm, coded.project_name, coded.yuan order by coded.first_date, coded.project_code
            )
        end as first_code
    from coded
    left join alike
        on alike.firm = coded.firm and alike.project_name = coded.project_name and alike.yuan = coded.yuan
),

told as (
    select
        stated.*,
        identified.first_code,
        row_number() over (
            partition by identified.first_code
            order by case when stated.record_type = '项目' then 0 else 1 end,
                {{ seen_on('stated.record_date', 'stated.delivered_on') }} desc nulls last, stated.record_no desc
        ) as choice
    from stated
    inner join identified on identified.project_code = stated.project_code
),

counted as (
    select
        first_code,
        count(distinct project_code) as code_count,
        min(record_date) as first_date,
        min(case when stage_name = '备案' then record_date end) as filed_date,
        min(case when stage_name = '开工' then record_date end) as started_date,
        min(case when stage_name = '竣工' then record_date end) as finished_date,
        count(case when record_type = '补贴' then 1 end) as grant_count,
        sum(case when record_type = '补贴' then yuan end) as granted_amount
    from told
    group by first_code
)

select
    {{ derived_key('project', ['counted.first_code']) }} as project_id,
    speaking.project_code,
    counted.code_count,
    speaking.project_name,
    substr(speaking.project_code, 13, 5) as kind_code,
    speaking.enterprise_id,
    speaking.uscc,
    speaking.holder_name,
    speaking.stage_name,
    cast(extract(year from counted.first_date) as integer) as project_year,
    counted.filed_date,
    counted.started_date,
    counted.finished_date,
    cast(case when speaking.record_type = '项目' then speaking.yuan end as decimal(18, 2)) as project_amount,
    counted.grant_count,
    cast(coalesce(counted.granted_amount, 0) as decimal(18, 2)) as granted_amount,
    speaking.current_division_code as division_code,
    speaking.township_code,
    speaking.record_key,
    speaking.source_ref
from counted
inner join told as speaking on speaking.first_code = counted.first_code and speaking.choice = 1
