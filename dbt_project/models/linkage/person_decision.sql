-- One step behind decision_outcome: what counts, for all who link.
select claim_id, person_id, decision from {{ ref('decision_outcome') }}
where outcome = 'counts'
