-- A code is judged by the unit it meant on the row's day; before the first of its units it is no defect, because rows
-- older than a recoding are recoded, too.
select
    claimed.entity_key,
    claimed.entity_key as group_key,
    claimed.township_code,
    claimed.feed,
    claimed.record_key,
    claimed.source_ref,
    claimed.name,
    claimed.division_code,
    claimed.claimed_on,
    case
        when meant.division_code is null then 'unknown'
        when meant.valid_to <= claimed.claimed_on then 'retired_on_date'
    end as division_defect
from {{ ref('said_place') }} as claimed
left join {{ ref('stg_division_version') }} as meant
    on {{ division_on('meant', 'claimed.division_code', 'claimed.claimed_on') }}
