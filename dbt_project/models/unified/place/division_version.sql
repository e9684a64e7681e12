-- The units above are those of the version's last day; of one that has none, those of now.
with version as (
    select
        lasting.*,
        {{ add_days('valid_to', -1) }} as last_on
    from {{ ref('stg_division_version') }} as lasting
)

select
    version.division_version_id,
    version.division_code,
    version.division_name,
    version.level_name,
    version.parent_code,
    county.division_name as county_name,
    township.division_name as township_name,
    village.division_name as village_name,
    version.valid_from,
    version.valid_to,
    version.is_current,
    version.means_from,
    version.means_until,
    version.predecessor_version_ids,
    version.successor_code,
    version.successor_version_id,
    version.current_code,
    version.source_ref
from version
left join {{ ref('stg_division_version') }} as county
    on {{ division_on('county', 'substr(version.division_code, 1, 6)', 'version.last_on') }} and county.level_name = '县'
left join {{ ref('stg_division_version') }} as township
    on {{ division_on('township', 'substr(version.division_code, 1, 9)', 'version.last_on') }} and township.level_name = '乡镇'
left join {{ ref('stg_division_version') }} as village
    on {{ division_on('village', 'substr(version.division_code, 1, 12)', 'version.last_on') }} and village.level_name = '村'
