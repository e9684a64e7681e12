-- Where a row tells no division, its address may (division_rule); where both tell one and disagree, the code stands and says
-- so (all such rows: unified.address_division). One address written in two ways is one: same village, road,
-- number and building. What an address tells of where inside (unit, room, storey, side) counts only where whoever has the place
-- is told at two such places of one door: two shops then; else one may have left it out.
-- A row that has no number of the place finds it by its licence, which a numbered row states too, else by whoever has the
-- place, at the address: where one place alone fits. The rest are places by who has them and the address.
with located as (
    select
        stated.*,
        case when stated.township_code is null then written.village_code else stated.village_code end as told_village_code,
        coalesce(stated.township_code, written.township_code) as told_township_code,
        case
            when {{ differing_level('stated', 'written') }} is not null then '代码，与地址不符'
            when stated.township_code is not null then '代码'
            when written.township_code is not null then '地址'
        end as division_rule,
        -- Of a text not read yet the text itself; one that tells neither village nor door is no address. A text that contradicts its
        -- code says itself where its door is.
        case
            when written.address is null or coalesce(written.door_key, written.village_code) is not null
                then coalesce(
                    case when {{ differing_level('stated', 'written') }} is not null then written.village_code end,
                    stated.village_code, written.village_code, ''
                ) || '/' || case
                    when written.address is null then {{ rx_replace('stated.address', '[ 　]', '') }}
                    else coalesce(written.door_key, '')
                end
        end as door,
        written.inside_key
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

-- Whoever is said to have a place. A licence may name who keeps a shop where others name the shop's firm.
held as (
    select numbers, place_no, door, inside_key, firm_uscc as holder from said where door is not null and firm_uscc is not null
    union all
    select numbers, place_no, door, inside_key, keeper_person_id from said where door is not null and keeper_person_id is not null
    union all
    select numbers, place_no, door, inside_key, legal_rep_person_id from said
    where door is not null and legal_rep_person_id is not null
),

-- What is told of where inside, by holder and door: one word of it at most is no reason for two shops.
told_apart as (
    select holder, door, count(distinct inside_key) > 1 as is_apart, max(inside_key) as inside_key
    from held
    group by holder, door
),

by_licence as (
    select licence_no, min(numbers) as numbers, min(place_no) as place_no
    from said
    where place_no is not null and licence_no is not null
    group by licence_no
    having count(distinct place_no) = 1
),

by_holder as (
    select
        held.holder,
        held.door,
        case when told_apart.is_apart then coalesce(held.inside_key, '') else '' end as inside,
        min(held.numbers) as numbers,
        min(held.place_no) as place_no
    from held
    inner join told_apart on told_apart.holder = held.holder and told_apart.door = held.door
    where held.place_no is not null
    group by held.holder, held.door, 3
    having count(distinct held.place_no) = 1
),

found as (
    select
        said.*,
        case
            when said.place_no is not null then 'number'
            when by_licence.place_no is not null then 'licence'
            when of_firm.place_no is not null or of_keeper.place_no is not null then 'holder'
            when said.door is not null and coalesce(said.firm_uscc, said.keeper_person_id) is not null then 'address'
            else 'record'
        end as basis,
        coalesce(said.place_no, by_licence.place_no, of_firm.place_no, of_keeper.place_no) as number_found,
        case
            when said.place_no is not null then said.numbers
            else coalesce(by_licence.numbers, of_firm.numbers, of_keeper.numbers, said.numbers)
        end as numbers_found,
        said.door || '/'
            || coalesce(case when here.is_apart then said.inside_key else here.inside_key end, '/') as address_key
    from said
    left join by_licence on by_licence.licence_no = said.sought_licence_no
    left join told_apart as here
        on here.holder = coalesce(said.firm_uscc, said.keeper_person_id) and here.door = said.door
    left join told_apart as firm_here on firm_here.holder = said.sought_uscc and firm_here.door = said.door
    left join by_holder as of_firm
        on of_firm.holder = said.sought_uscc
        and of_firm.door = said.door
        and of_firm.inside = case when firm_here.is_apart then coalesce(said.inside_key, '') else '' end
    left join told_apart as keeper_here on keeper_here.holder = said.sought_keeper_id and keeper_here.door = said.door
    left join by_holder as of_keeper
        on of_keeper.holder = said.sought_keeper_id
        and of_keeper.door = said.door
        and of_keeper.inside = case when keeper_here.is_apart then coalesce(said.inside_key, '') else '' end
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
