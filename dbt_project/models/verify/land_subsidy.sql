-- Three questions of one register: of a contract whether anybody is left, of a parcel whether it is claimed once, of a
-- parcel under a contract whether more is claimed than contracted. A register speaks of the last day of its period.
with paid as (
    select
        stated.*,
        {{ in_mu('stated.contract_area', 'stated.area_unit_name') }} as contract_area_mu,
        {{ last_day_of_month("try_cast(substr(standing.period, 1, 4) || '-' || substr(standing.period, 5, 2) || '-01' as date)") }} as listed_on,
        row_number() over (partition by stated.contract_code order by stated.parcel_code, stated.record_key) as of_contract,
        row_number() over (
            partition by stated.parcel_code order by stated.subsidy_year desc nulls last, stated.contract_code, stated.record_key
        ) as of_parcel,
        count(*) over (partition by stated.parcel_code, stated.subsidy_year) as claim_count
    from {{ ref('land_contract') }} as stated
    left join {{ source('ledger', 'delivery_standing') }} as standing
        on standing.delivery_id = stated.delivery_id
        and standing.as_of = {{ as_of() }}
        and standing.feed = 'F23'
    where stated.subsidy_status_name = '享受'
),

subject as (
    select 'contract' as claim_kind, {{ derived_key('contract', ['contract_code']) }} as entity_key, paid.*
    from paid
    where of_contract = 1 and head_person_id is not null
    union all
    select 'parcel', {{ derived_key('parcel', ['parcel_code']) }}, paid.*
    from paid
    where of_parcel = 1 and claim_count > 1
    union all
    select 'claim', record_key, paid.*
    from paid
    where subsidy_area is not null and contract_area_mu is not null
),

-- Everybody of every household the contractor stands in, by the register's own word.
household as (
    select
        subject.contract_code,
        count(*) as member_count,
        count(case when other.status_name in ('死亡注销', '迁出') then 1 end) as gone_count,
        max(other.updated_date) as changed_on
    from subject
    inner join {{ ref('household_member') }} as contractor on contractor.person_id = subject.head_person_id
    inner join {{ ref('household_member') }} as other on other.household_id = contractor.household_id
    where subject.claim_kind = 'contract'
    group by subject.contract_code
)

select
    subject.entity_key,
    coalesce(subject.head_person_id, subject.record_key) as group_key,
    subject.township_code,
    subject.feed,
    subject.record_key,
    subject.source_ref,
    subject.head_person_id,
    subject.claim_kind,
    subject.contract_code,
    subject.parcel_code,
    subject.parcel_name,
    subject.head_name,
    subject.head_id_no,
    subject.subsidy_year,
    subject.amount,
    household.member_count,
    household.gone_count,
    household.changed_on,
    {{ days_between('household.changed_on', 'subject.listed_on') }} as days_unchanged,
    case when subject.claim_kind = 'parcel' then subject.claim_count end as claim_count,
    case when subject.claim_kind = 'claim' then subject.contract_area_mu end as contract_area_mu,
    case when subject.claim_kind = 'claim' then subject.subsidy_area end as subsidy_area
from subject
left join household
    on household.contract_code = case when subject.claim_kind = 'contract' then subject.contract_code end
