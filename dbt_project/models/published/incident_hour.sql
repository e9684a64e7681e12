select
    township.county_name,
    township.township_name,
    incident.township_code,
    cast(extract(hour from incident.reported_at) as bigint) as report_hour,
    count(*) as incident_count
from {{ ref('incident') }} as incident
inner join {{ ref('division') }} as township
    on township.division_code = incident.township_code and township.level_name = '乡镇'
where incident.reported_at is not null
group by
    township.county_name, township.township_name, incident.township_code, extract(hour from incident.reported_at)
