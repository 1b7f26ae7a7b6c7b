from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sql_lineage_purview.purview import Granularity, Plan, PlannedAction, Pruning, open_plan, plan_text, read_plan
from sql_lineage_purview.purview.account.assets import AssetRef, Placeholder
from sql_lineage_purview.purview.account.processes import Change, Process
from sql_lineage_purview.purview.errors import BadPlanError
from sql_lineage_purview.purview.planning.plan_document import (
    DroppedProcess,
    PlannedProcess,
    PlannedRelation,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)

A, B = AssetRef("mssql://h/d/s/a", "azure_sql_table", "1"), AssetRef("mssql://h/d/s/b\u2028]", "azure_sql_table", "")
PROCESS = Process("sql-lineage-purview://o/p#b", "p -> b", (A,), (B,), "[]", "p", "p.sql", "1-2", "EXACT", "1", sql_text="a\nb")
PLAN = Plan(
    "https://acct.purview.azure.com",
    "o",
    "/catalog/api",
    Granularity.STATEMENT,
    Pruning.ON,
    placeholders=(Placeholder(B, "stage"),),
    processes=(
        PlannedProcess(PlannedAction.CREATE, PROCESS, left_out=("x",), reason="new"),
        PlannedProcess(PlannedAction.UPDATE, PROCESS, (Change("inputs", "]", "],"),), reason="it differs", guid="g", state="s"),
        PlannedProcess(PlannedAction.DELETE, PROCESS, guid="h"),
    ),
    relations=(PlannedRelation(PlannedAction.CREATE, A, B, "[]"),),
    resolved=(ResolvedTable("a", "exact", A),),
    unresolved=(UnresolvedTable("c", Unresolved.MISSING, "gone", (A,)),),
    dropped=(DroppedProcess("p", "c", "gone"),),
    notes=("a note", "]"),
)


def same(opened: Plan, plan: Plan) -> bool:
    return plan_text(opened) == plan_text(plan)


@pytest.mark.parametrize("plan", [PLAN, Plan("e", "o")], ids=["full", "empty"])
def test_a_plan_is_the_same_from_a_file(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan_text(plan), encoding="utf-8", newline="\n")
    opened = open_plan(path)
    assert same(opened, plan)
    assert len(opened.processes) == len(plan.processes)
    assert tuple(opened.processes) == tuple(plan.processes)
    assert read_plan(plan_text(plan)) == plan
    assert opened.counts() == plan.counts()


def test_each_process_is_one_line(tmp_path: Path) -> None:
    lines = [line for line in plan_text(PLAN).split("\n") if '"qualified_name": "sql-lineage-purview://o/p#b"' in line]
    assert [json.loads(line.rstrip(","))["action"] for line in lines] == ["create", "update", "delete"]


def test_a_plan_that_was_laid_out_anew_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(json.loads(plan_text(PLAN)), indent=4), encoding="utf-8")
    assert same(open_plan(path), PLAN)


def test_rows_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan_text(PLAN).replace('"action": "delete"', '"action": "dance"'), encoding="utf-8", newline="\n")
    rows = iter(open_plan(path).processes)
    assert [next(rows).action, next(rows).action] == [PlannedAction.CREATE, PlannedAction.UPDATE]
    with pytest.raises(BadPlanError, match="damaged"):
        next(rows)


@pytest.mark.parametrize("text", [b"", b"{\n", b"{\n}\n", b'{\n"plan_version": 1\n}\n', b"\xff\xfe", b"[]"])
def test_a_file_that_is_no_plan_is_refused(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text)
    with pytest.raises(BadPlanError, match="Make the plan again"):
        open_plan(path)


def test_a_plan_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    text = plan_text(PLAN)
    path.write_text(text[: text.index('"resolved"')], encoding="utf-8", newline="\n")
    with pytest.raises(BadPlanError):
        open_plan(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no place among the files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        open_plan(tmp_path / "pipe")


def test_a_file_that_changes_between_looking_and_applying_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan_text(PLAN), encoding="utf-8", newline="\n")
    opened = open_plan(path)
    assert len(opened.processes) == 3
    path.write_text(plan_text(replace(PLAN, processes=PLAN.processes[:1])), encoding="utf-8", newline="\n")
    with pytest.raises(BadPlanError, match="was changed while it was applied"):
        list(opened.processes)
