{#- One select per feed and role; what a feed does not say about a person stays null. What may only be asked (查询核验)
    helps to tell people apart and is checked, but it never becomes a value that is returned. -#}
{%- set claims = [
    {'feed': 'F01', 'model': 'stg_public_security__residents', 'sex': 'sex_code', 'birth': 'birth_date', 'seen': 'updated_date'},
    {'feed': 'F03', 'model': 'stg_public_security__hukou_events', 'seen': 'event_date'},
    {'feed': 'F04', 'model': 'stg_health__death_certificates', 'sex': 'sex_code', 'birth': 'birth_date', 'seen': 'death_date'},
    {'feed': 'F07', 'model': 'stg_civil_affairs__marriages', 'role': 'husband', 'seen': 'registered_date', 'place': none},
    {'feed': 'F07', 'model': 'stg_civil_affairs__marriages', 'role': 'wife', 'seen': 'registered_date', 'place': none},
    {'feed': 'F08', 'model': 'stg_civil_affairs__social_assistance'},
    {'feed': 'F10', 'model': 'stg_civil_affairs__old_age_allowance', 'birth': 'birth_date'},
    {'feed': 'F11', 'model': 'stg_disabled_federation__disability_cards'},
    {'feed': 'F14', 'model': 'stg_market_regulation__enterprises', 'role': 'legal_rep'},
    {'feed': 'F17', 'model': 'stg_human_resources__employment_insurance', 'place': none},
    {'feed': 'F20', 'model': 'stg_medical_insurance__enrolments', 'sex': 'sex_code', 'birth': 'birth_date', 'ask_only': true},
    {'feed': 'F31', 'model': 'stg_grid_centre__grid_survey', 'seen': 'survey_date'},
] -%}
with claim as (
    {%- for claim in claims %}
    {%- set prefix = claim.role ~ '_' if claim.role else '' %}
    select
        feed,
        '{{ claim.role or "self" }}' as role,
        {% if claim.feed == 'F07' -%}
        {{ derived_key('marriage_party', ['record_key', "'" ~ claim.role ~ "'"]) }} as claim_id,
        {%- else -%}
        record_key as claim_id,
        {%- endif %}
        record_key,
        source_ref,
        delivered_on,
        {{ prefix }}id_no as id_no,
        {{ prefix }}id_defect as id_defect,
        {{ prefix }}id_no_norm as id_no_norm,
        {{ 'coalesce(id_no_norm, id_no)' if claim.feed == 'F01' else prefix ~ 'id_no_norm' }} as linked_id_no,
        {{ prefix }}name as name,
        {{ claim.sex or 'cast(null as string)' }} as sex_code,
        {{ claim.birth or 'cast(null as date)' }} as birth_date,
        {{ 'cast(null as string)' if claim.ask_only else prefix ~ 'name' }} as returned_name,
        {{ claim.sex if claim.sex and not claim.ask_only else 'cast(null as string)' }} as returned_sex_code,
        {{ claim.birth if claim.birth and not claim.ask_only else 'cast(null as date)' }} as returned_birth_date,
        {{ claim.seen or 'delivered_on' }} as seen_date,
        {{ 'township_code' if claim.get('place', true) else 'cast(null as string)' }} as township_code
    from {{ ref(claim.model) }}
    where {{ prefix }}id_no is not null or {{ prefix }}name is not null
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    claim.claim_id,
    coalesce(identifier.person_id, matched.person_id) as person_id,
    case
        when identifier.person_id is not null then identifier.basis
        else coalesce(matched.basis, 'unmatched')
    end as basis,
    claim.feed,
    claim.role,
    claim.record_key,
    claim.source_ref,
    claim.delivered_on,
    claim.seen_date,
    claim.id_no,
    claim.id_defect,
    claim.id_no_norm,
    claim.name,
    claim.sex_code,
    claim.birth_date,
    claim.returned_name,
    claim.returned_sex_code,
    claim.returned_birth_date,
    identifier.sex_code as id_sex_code,
    identifier.birth_date as id_birth_date,
    coalesce(identifier.is_current, false) as is_current_id,
    claim.township_code
from claim
left join {{ ref('person_identifier') }} as identifier on identifier.id_no = claim.linked_id_no
left join {{ ref('person_claim_match') }} as matched
    on matched.record_key = claim.record_key and matched.feed = claim.feed
