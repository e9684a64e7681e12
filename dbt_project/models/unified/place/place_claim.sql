-- Where a row tells no division, its address may (division_rule). One address written in two ways is one: same village, road,
-- number, building, unit and room.
-- A row that has no number of the place finds it by its licence, which a numbered row states too, else by whoever has the
-- place, at the address: where one place alone fits. The rest are places by who has them and the address.
with located as (
    select
        stated.*,
        case when stated.township_code is null then written.village_code else stated.village_code end as told_village_code,
        coalesce(stated.township_code, written.township_code) as told_township_code,
        case
            when stated.township_code is not null then '代码'
            when written.township_code is not null then '地址'
        end as division_rule,
        coalesce(stated.village_code, written.village_code, '') || '/'
            || coalesce(written.door_key, {{ rx_replace('stated.address', '[ 　]', '') }}) as address_key
    from {{ ref('said_site') }} as stated
    left join {{ source('reference', 'address') }} as written on written.address = stated.address
),

said as (
    select
        stated.*,
        numbered.enterprise_id,
        coalesce(numbered.uscc, stated.uscc) as firm_uscc,
        firm.legal_rep_person_id,
        keeper.person_id as keeper_person_id,
        -- What a row without a number is looked for by.
        case when stated.place_no is null then stated.licence_no end as sought_licence_no,
        case when stated.place_no is null then coalesce(numbered.uscc, stated.uscc) end as sought_uscc,
        case when stated.place_no is null then keeper.person_id end as sought_keeper_id
    from located as stated
    left join {{ ref('enterprise_number') }} as numbered on numbered.number = stated.uscc
    left join {{ ref('enterprise') }} as firm on firm.enterprise_id = numbered.enterprise_id
    left join {{ ref('person_identifier') }} as keeper on keeper.id_no = stated.keeper_id_no
),

by_licence as (
    select licence_no, min(numbers) as numbers, min(place_no) as place_no
    from said
    where place_no is not null and licence_no is not null
    group by licence_no
    having count(distinct place_no) = 1
),

mark as (
    select numbers, place_no, address_key, firm_uscc as holder from said where place_no is not null and firm_uscc is not null
    union all
    select numbers, place_no, address_key, keeper_person_id from said where place_no is not null and keeper_person_id is not null
    union all
    -- A licence may name who keeps a shop where others name the shop's firm.
    select numbers, place_no, address_key, legal_rep_person_id from said where place_no is not null and legal_rep_person_id is not null
),

by_holder as (
    select holder, address_key, min(numbers) as numbers, min(place_no) as place_no
    from mark
    where address_key is not null
    group by holder, address_key
    having count(distinct place_no) = 1
),

found as (
    select
        said.*,
        case
            when said.place_no is not null then 'number'
            when by_licence.place_no is not null then 'licence'
            when of_firm.place_no is not null or of_keeper.place_no is not null then 'holder'
            when said.address_key is not null and coalesce(said.firm_uscc, said.keeper_person_id) is not null then 'address'
            else 'record'
        end as basis,
        coalesce(said.place_no, by_licence.place_no, of_firm.place_no, of_keeper.place_no) as number_found,
        case
            when said.place_no is not null then said.numbers
            else coalesce(by_licence.numbers, of_firm.numbers, of_keeper.numbers, said.numbers)
        end as numbers_found
    from said
    left join by_licence on by_licence.licence_no = said.sought_licence_no
    left join by_holder as of_firm on of_firm.holder = said.sought_uscc and of_firm.address_key = said.address_key
    left join by_holder as of_keeper
        on of_keeper.holder = said.sought_keeper_id and of_keeper.address_key = said.address_key
)

select
    case
        when basis = 'address' then {{ derived_key('place', ['coalesce(firm_uscc, keeper_person_id)', 'address_key']) }}
        when basis = 'record' then {{ derived_key('place', ['feed', 'record_key']) }}
        else {{ derived_key('place', ['numbers_found', 'number_found']) }}
    end as place_id,
    basis,
    feed,
    numbers_found as numbers,
    number_found as place_no,
    licence_no,
    name,
    kind_name,
    address,
    told_village_code as village_code,
    told_township_code as township_code,
    division_rule,
    enterprise_id,
    keeper_person_id,
    status_name,
    is_open,
    geometry,
    datum_name,
    seen_date,
    rank,
    record_key,
    source_ref
from found
