select distinct id_no from {{ ref('said_person_number') }}
