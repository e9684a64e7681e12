with insured as (
    select employer.uscc, count(distinct stated.id_no) as insured_count
    from {{ ref('stg_human_resources__employment_insurance') }} as stated
    inner join {{ ref('enterprise_number') }} as employer on employer.number = stated.employer_code
    where stated.status_name = '参保'
        and {{ time_defect('stated.start_date', 'stated.stop_date', 'stated.delivered_on') }} is null
    group by employer.uscc
),

-- Nobody insured is a fact only where the feed has come.
told as (select count(*) as row_count from {{ ref('stg_human_resources__employment_insurance') }})

select
    {{ derived_key('enterprise', ['enterprise.uscc']) }} as enterprise_id,
    enterprise.uscc,
    enterprise.name,
    enterprise.entity_type,
    enterprise.industry_code,
    industry.name as industry_name,
    enterprise.capital_text,
    enterprise.status_name,
    enterprise.established_date,
    enterprise.cancelled_date,
    enterprise.address,
    enterprise.current_division_code as division_code,
    enterprise.township_code,
    legal_rep.person_id as legal_rep_person_id,
    enterprise.legal_rep_name,
    coalesce(insured.insured_count, case when told.row_count > 0 then 0 end) as insured_count,
    enterprise.record_key,
    enterprise.source_ref
from (
    select
        row_.*,
        row_number() over (partition by uscc order by delivery_seq desc, source_ref) as choice
    from {{ ref('stg_market_regulation__enterprises') }} as row_
) as enterprise
cross join told
left join insured on insured.uscc = enterprise.uscc
left join {{ ref('person_claim') }} as legal_rep
    on legal_rep.claim_id = enterprise.record_key and legal_rep.feed = 'F14'
left join {{ source('reference', 'industry') }} as industry on industry.code = enterprise.industry_code
where enterprise.choice = 1
