-- Of every value the first in the queue counts that tells it: rank of the feed, then the newest, then source_ref; a name or address
-- that cannot be read stands behind all that can. Of the
-- words of one feed on whether it is open, "open" counts first: one licence in force is enough.
{%- set queue -%}
    lpad(cast(rank as string), 2, '0')
        || lpad(cast(coalesce(900000 - {{ days_between("cast('1800-01-01' as date)", 'seen_date') }}, 999999) as string), 6, '0')
        || source_ref
{%- endset %}
{%- set told = ['name', 'kind_name', 'address', 'village_code', 'township_code', 'enterprise_id', 'keeper_person_id', 'geometry'] %}
with queued as (
    select
        claim.*,
        {{ queue }} as queue,
        lpad(cast(rank as string), 2, '0') || case when is_open then '0' else '1' end || {{ queue }} as state_queue
    from {{ ref('place_claim') }} as claim
),

stood as (
    select
        place_id,
        min(numbers) as numbers,
        min(place_no) as place_no,
        {%- for field in told %}
        min_by({{ field }}, case when {{ field }} is not null then {% if field in ('name', 'address') %}case when {{ is_unreadable(field) }} then '1' else '0' end || {% endif %}queue end) as {{ field }},
        {%- endfor %}
        min_by(division_rule, case when township_code is not null then queue end) as division_rule,
        min_by(datum_name, case when geometry is not null then queue end) as datum_name,
        min_by(status_name, case when is_open is not null then state_queue end) as status_name,
        min_by(is_open, case when is_open is not null then state_queue end) as is_open,
        min(seen_date) as first_told_on,
        max(seen_date) as last_told_on,
        count(*) as claim_count,
        min_by(feed, queue) as feed,
        substr(min(queue), 9) as source_ref
    from queued
    group by place_id
)

select
    place_id,
    numbers,
    place_no,
    name,
    kind_name,
    coalesce(village_code, township_code) as division_code,
    township_code,
    division_rule,
    address,
    {{ coordinate('geometry', 1) }} as longitude,
    {{ coordinate('geometry', 2) }} as latitude,
    case when geometry is not null then datum_name end as datum_name,
    enterprise_id,
    keeper_person_id,
    status_name,
    is_open,
    first_told_on,
    last_told_on,
    claim_count,
    feed,
    source_ref
from stood
