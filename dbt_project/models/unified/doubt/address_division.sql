-- Whose code lies elsewhere than the text of its address. Everywhere the code stands: the department states it as a code and
-- answers for it (R07), the text is only read by us.
select
    stated.feed,
    stated.record_key,
    stated.source_ref,
    stated.address,
    stated.division_code,
    stated.township_code,
    stated.village_code,
    written.township_code as address_township_code,
    written.village_code as address_village_code,
    {{ differing_level('stated', 'written') }} as differing_level
from {{ ref('said_address') }} as stated
inner join {{ source('reference', 'address') }} as written on written.address = stated.address
where {{ differing_level('stated', 'written') }} is not null
