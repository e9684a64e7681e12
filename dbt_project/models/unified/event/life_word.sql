-- A number that changed still means the same person; of several words about one person the last one counts.
select person_id, ticket_id, rule_id, asserts, marks, said_on from (
    select
        identifier.person_id,
        assertion.*,
        row_number() over (
            partition by identifier.person_id
            order by assertion.asserted_on desc, assertion.workbook_sha256 desc, assertion.sheet_row desc,
                assertion.ticket_id
        ) as newest
    from {{ ref('stg_ledger__assertions') }} as assertion
    inner join {{ ref('person_identifier') }} as identifier on identifier.id_no = assertion.id_no
    where assertion.asserts is not null
) as ranked
where newest = 1
