-- Of several contracts for a parcel one in force speaks, of such the one of whoever gives the parcel out (both codes begin with
-- his 14 digits, GB/T 35958), then the one signed last; of several outlines the one of that contract. Few parcels have
-- several, so only those are ranked.
with contracted as (
    select
        stated.record_key,
        row_number() over (
            partition by stated.parcel_code
            order by
                case when stated.contract_status_name = '有效' then 0 else 1 end,
                case when substr(stated.contract_code, 1, 14) = substr(stated.parcel_code, 1, 14) then 0 else 1 end,
                {{ seen_on('stated.signed_date', 'stated.delivered_on') }} desc nulls last, stated.contract_code
        ) as choice,
        count(case when stated.contract_status_name = '有效' then 1 end) over (partition by stated.parcel_code)
            as in_force_count
    from {{ ref('stg_agriculture__land_contracts') }} as stated
    inner join (
        select parcel_code
        from {{ ref('stg_agriculture__land_contracts') }}
        group by parcel_code
        having count(*) > 1
    ) as repeated on repeated.parcel_code = stated.parcel_code
),

-- Named one by one: whoever takes all columns of five million contracts, twice, holds them all in memory.
contract as (
    select
        stated.parcel_code,
        stated.parcel_name,
        {{ in_mu('stated.contract_area', 'stated.area_unit_name') }} as area_mu,
        stated.land_kind_name,
        stated.is_high_standard,
        stated.contract_code,
        stated.contract_status_name,
        stated.signed_date,
        stated.head_person_id,
        stated.head_name,
        stated.operator_enterprise_id,
        stated.operator_name,
        stated.current_division_code,
        stated.township_code,
        stated.source_ref,
        coalesce(contracted.in_force_count, 0) > 1 as is_contested
    from {{ ref('land_contract') }} as stated
    left join contracted on contracted.record_key = stated.record_key
    where coalesce(contracted.choice, 1) = 1
),

drawn as (
    select
        stated.record_key,
        row_number() over (
            partition by stated.parcel_code
            order by
                case when speaking.contract_code = stated.contract_code then 0 else 1 end,
                stated.delivery_seq desc, stated.contract_code
        ) as choice
    from {{ ref('stg_agriculture__land_parcels') }} as stated
    inner join (
        select parcel_code
        from {{ ref('stg_agriculture__land_parcels') }}
        group by parcel_code
        having count(*) > 1
    ) as repeated on repeated.parcel_code = stated.parcel_code
    left join (
        select said.parcel_code, said.contract_code
        from {{ ref('stg_agriculture__land_contracts') }} as said
        left join contracted on contracted.record_key = said.record_key
        where coalesce(contracted.choice, 1) = 1
    ) as speaking on speaking.parcel_code = stated.parcel_code
),

outline as (
    select
        stated.parcel_code,
        stated.parcel_name,
        {{ in_mu('stated.contract_area', 'stated.area_unit_name') }} as area_mu,
        stated.contract_code,
        stated.source_ref
    from {{ ref('stg_agriculture__land_parcels') }} as stated
    left join drawn on drawn.record_key = stated.record_key
    where coalesce(drawn.choice, 1) = 1
),

parcel as (
    select
        coalesce(contract.parcel_code, outline.parcel_code) as parcel_code,
        coalesce(contract.parcel_name, outline.parcel_name) as parcel_name,
        contract.area_mu as contract_area_mu,
        outline.area_mu as map_area_mu,
        contract.land_kind_name,
        contract.is_high_standard = '是' as is_high_standard,
        coalesce(contract.contract_code, outline.contract_code) as contract_code,
        contract.contract_status_name,
        contract.signed_date,
        contract.is_contested,
        contract.head_person_id as holder_person_id,
        contract.head_name as holder_name,
        contract.operator_enterprise_id,
        contract.operator_name,
        contract.current_division_code,
        contract.township_code,
        contract.source_ref,
        outline.source_ref as map_source_ref
    from contract
    full outer join outline on outline.parcel_code = contract.parcel_code
)

-- A parcel lies where its code says; the row's village is that of the holder. The holder's household is one join away, in person: to
-- join seven million persons here, too, did not fit into memory at 100 %.
select
    {{ derived_key('parcel', ['parcel.parcel_code']) }} as parcel_id,
    parcel.parcel_code,
    parcel.parcel_name,
    parcel.contract_area_mu,
    parcel.map_area_mu,
    parcel.contract_area_mu <> parcel.map_area_mu as has_two_areas,
    parcel.land_kind_name,
    parcel.is_high_standard,
    coalesce(lies.village_code, parcel.current_division_code) as village_code,
    coalesce(lies.township_code, parcel.township_code) as township_code,
    parcel.contract_code,
    parcel.contract_status_name,
    parcel.signed_date,
    parcel.is_contested,
    parcel.holder_person_id,
    parcel.holder_name,
    parcel.operator_enterprise_id,
    parcel.operator_name,
    coalesce(parcel.source_ref, parcel.map_source_ref) as source_ref,
    parcel.source_ref as contract_source_ref,
    parcel.map_source_ref
from parcel
left join {{ ref('division') }} as lies on lies.division_code = substr(parcel.parcel_code, 1, 12)
