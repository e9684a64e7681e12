"""Splink as it comes, on the records whose numbers are hidden: the stock way beside ours.

Belongs here: its settings, which are those of its own guide (comparisons made for names and births, m by expectation
maximisation, u by sampling), and which pair counts. Does not belong here: which records, how it is judged (hidden.py).
It sees name, sex, birth, phone, village and county of both sides; of several persons a record's likeliest counts.
"""

import duckdb

# What a user of Splink would take as certain enough.
THRESHOLD = 0.95
_SIDES = {
    "stock_left": "SELECT claim_id AS unique_id, name, sex_code, birth_date, current_division_code AS village_code, "
    "substr(township_code, 1, 6) AS county_code, phone FROM unnumbered WHERE claim_id IN (SELECT claim_id FROM asked)",
    "stock_right": "SELECT person_id AS unique_id, * EXCLUDE (person_id) FROM known",
}
_CHOSEN = """
CREATE OR REPLACE TEMP TABLE stock AS
SELECT claim_id, arg_max(person_id, match_weight) AS person_id
FROM (SELECT match_weight, unique_id_l AS claim_id, unique_id_r AS person_id FROM {pairs})
GROUP BY claim_id
"""


def link(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table stock(claim_id, person_id). Raises ImportError without Splink."""
    import splink.comparison_library as compared
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    for name, sql in _SIDES.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    with duckdb.connect() as own:  # it makes tables of its own
        for name in _SIDES:
            own.register(name, con.execute(f"FROM {name}").to_arrow_table())
        api = DuckDBAPI(own)
        settings = SettingsCreator(
            link_type="link_only",
            comparisons=[
                compared.NameComparison("name"),
                compared.DateOfBirthComparison("birth_date", input_is_string=False),
                compared.ExactMatch("sex_code"),
                compared.ExactMatch("phone"),
                compared.ExactMatch("village_code").configure(term_frequency_adjustments=True),
                compared.ExactMatch("county_code"),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("name"), block_on("birth_date", "sex_code"), block_on("phone"),
            ],
        )  # fmt: skip
        linker = Linker([api.register(name) for name in _SIDES], settings, log_level="ERROR")
        train = linker.training
        train.estimate_probability_two_random_records_match([block_on("name", "birth_date")], recall=0.7)
        train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for block in ("name", "birth_date"):
            train.estimate_parameters_using_expectation_maximisation(block_on(block))
        pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
        found = own.execute(f"FROM {pairs.physical_name}").to_arrow_table()  # noqa: F841  read by name below
        con.register("stock_pairs", found)
        con.execute(_CHOSEN.format(pairs="stock_pairs"))
        con.unregister("stock_pairs")
