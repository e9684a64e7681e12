"""What is true of parcels, projects and the insured, whatever departments tell of them.

Belongs here: the tables by which golden rows are scored, a file a shard and subject. Does not belong here: what is told
wrong (defects/), or scoring (scoring/subjects.py). Whoever dies or stops in the 24 months is left out of the insured:
what is true of the others is so in each month.
"""

from pathlib import Path

import polars as pl

from prefecture.stage import Stage
from prefecture.world.projects import PROJECT

INSURED, PARCELS, PROJECTS = "insured", "parcels", "projects"
PENSION, FUND = "企业职工基本养老保险", "住房公积金"
_ENROLLED = pl.col("insurance_kind") + "基本医疗保险"


def write_subjects(stage: Stage, register: Path) -> None:
    """Write `register/{subject}/{shard}.parquet` of the three subjects."""
    for subject, rows in ((PARCELS, _parcels(stage)), (PROJECTS, _projects(stage)), (INSURED, _insured(stage))):
        folder = register / subject
        folder.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(folder / f"{stage.world.shard.number}.parquet")


def _parcels(stage: Stage) -> pl.DataFrame:
    """parcel_code, contract_code, id_no (in whose name it is), area and map_area (mu), village."""
    world = stage.world
    holders = world.people.select(pl.col("pid").alias("_pid"), "id_no")
    contracts = world.contracts.join(holders, on="_pid", how="left")
    rows = world.parcels.join(contracts, on="contract", how="left").select(
        "parcel_code", "contract_code", "id_no", "area", "map_area", "village"
    )
    given = [table.select("parcel_code", "contract_code", id_no="head_id_no") for table in stage.register.given]
    return rows.update(pl.concat(given), on="parcel_code") if given else rows


def _projects(stage: Stage) -> pl.DataFrame:
    """first_code, project_code (each it was filed under), uscc, project_name, money (yuan), and the days filed_date,
    started_date, finished_date."""
    rows = stage.world.projects.filter(pl.col("project_code").is_not_null())
    key = ["_eid", "project_name", "total", "began"]
    days = {"filed_date": "备案", "started_date": "开工", "finished_date": "竣工"}
    stages = [
        pl.col("record_date").filter((pl.col("record_type") == PROJECT) & (pl.col("stage_name") == stage_name)).first()
        .over(key).alias(name) for name, stage_name in days.items()
    ]  # fmt: skip
    first = pl.col("project_code").sort_by("record_date").first().over(key).alias("first_code")
    told = rows.select("project_code", "uscc", "project_name", first, *stages, money="total")
    return told.unique(maintain_order=True)


def _insured(stage: Stage) -> pl.DataFrame:
    """scheme_name, id_no, employer_code (null in medical insurance), first_day and last_day (null: no end, or none
    told)."""
    stopped = stage.among(pl.concat([pl.Series(dtype=pl.Int64), *stage.register.stopped]))
    stay = stage.people.filter(pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~stopped)["id_no"]
    jobs = stage.truth("F17").select(
        pl.lit(PENSION).alias("scheme_name"), "id_no", "employer_code", first_day="start_date", last_day="stop_date"
    )
    accounts = stage.truth("F19").select(
        pl.lit(FUND).alias("scheme_name"), "id_no", "employer_code", first_day="opened_date", last_day="sealed_date"
    )
    enrolled = stage.truth("F20").filter(pl.col("status_name") == "正常").select(
        _ENROLLED.alias("scheme_name"), "id_no", pl.lit(None, pl.String).alias("employer_code"),
        pl.lit(None, pl.Date).alias("first_day"), pl.lit(None, pl.Date).alias("last_day"),
    )  # fmt: skip
    return pl.concat([jobs, accounts, enrolled]).filter(pl.col("id_no").is_in(stay.implode()))
