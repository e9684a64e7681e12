"""A failed build says which model and why, in a line, and where the log is."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.kit import models
from pipelines.kit.dbt_errors import plain, told
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

LOG = Path("/data/dbt.log")
SAID = """
1 of 2 ERROR creating sql table model unified.benefit .......... [\x1b[31mERROR\x1b[0m in 0.11s]
\x1b[31mFailure in model benefit (models/unified/benefit.sql)\x1b[0m
  Runtime Error in model benefit (models/unified/benefit.sql)
  Binder Error: column "x" not found

  LINE 3: x
  compiled code at target/benefit.sql
\x1b[31mFailure in test not_null_a_b (models/unified/a.yml)\x1b[0m
  Got 2 results, configured to fail if != 0
"""


def test_a_line_a_failure_without_colours_and_the_log():
    assert told("build", SAID, LOG).splitlines() == [
        "dbt build failed",
        'models/unified/benefit.sql: model benefit: Binder Error: column "x" not found',
        "models/unified/a.yml: test not_null_a_b: Got 2 results, configured to fail if != 0",
        "log: /data/dbt.log",
    ]


def test_many_are_counted_and_what_is_no_failure_of_a_model_is_told_too():
    many = "\n".join(f"Failure in model m{n} (models/m{n}.sql)\n  no" for n in range(8))
    last = ["models/m4.sql: model m4: no", "and 3 more", "log: /data/dbt.log"]
    assert told("build", many, LOG).splitlines()[5:] == last
    assert told("parse", "\x1b[31mcould not lock\x1b[0m\n\n", LOG).splitlines()[1] == "could not lock"
    assert told("parse", "", LOG).splitlines()[1] == "it said nothing"
    assert plain("[\x1b[31mERROR\x1b[0m]") == "[ERROR]"


def test_a_model_that_cannot_be_built_is_named(tmp_path):
    paths = Paths(tmp_path)
    with connect(paths):
        pass
    with pytest.raises(models.ModelBuildError) as error:
        models.run_dbt(paths, ["run", "--select", "stg_division_code"], date(2024, 1, 31))
    first, cause, log = str(error.value).splitlines()
    assert first == "dbt run failed"
    assert cause.startswith("models/staging/stg_division_code.sql: model stg_division_code: Catalog Error: Table")
    assert Path(log.removeprefix("log: ")).exists() and "\x1b" not in str(error.value)
