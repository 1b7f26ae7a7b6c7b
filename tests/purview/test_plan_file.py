from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from sql_lineage_purview.purview import (
    Granularity,
    Plan,
    PlannedAction,
    Pruning,
    PushOrigin,
    open_plan,
    plan_text,
    read_plan,
)
from sql_lineage_purview.purview.account.assets import AssetRef, Placeholder
from sql_lineage_purview.purview.account.processes import Change, Process
from sql_lineage_purview.purview.planning.plan_document import (
    CutLineage,
    DroppedProcess,
    PlannedProcess,
    PlannedRelation,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)
from sql_lineage_purview.purview.purview_errors import BadPlanError

A, B = (
    AssetRef("mssql://h/d/s/a", "azure_sql_table", "1"),
    AssetRef("mssql://h/d/s/b\u2028]", "azure_sql_table", ""),
)
PROCESS = Process(
    "sql-lineage-purview://o/p#b",
    "p -> b",
    (A,),
    (B,),
    "[]",
    "p",
    "p.sql",
    "1-2",
    "EXACT",
    "1",
    sql_text="a\nb",
)
PLAN = Plan(
    "https://acct.purview.azure.com",
    "o",
    "/catalog/api",
    Granularity.STATEMENT,
    Pruning.ON,
    PushOrigin("1", "https://x/y", "c0ffee"),
    placeholders=(Placeholder(B, "stage"),),
    processes=(
        PlannedProcess(PlannedAction.CREATE, PROCESS, left_out=("x",), reason="new"),
        PlannedProcess(
            PlannedAction.UPDATE,
            PROCESS,
            (Change("inputs", "]", "],"),),
            reason="it differs",
            guid="g",
            state="s",
        ),
        PlannedProcess(PlannedAction.DELETE, PROCESS, guid="h"),
    ),
    relations=(PlannedRelation(PlannedAction.CREATE, A, B, "[]"),),
    resolved=(ResolvedTable("a", "exact", A),),
    unresolved=(UnresolvedTable("c", Unresolved.MISSING, "gone", (A,)),),
    dropped=(DroppedProcess("p", "c", "gone"),),
    cuts=(CutLineage("w", "it is ambiguous", ("a",), ("p -> b",)),),
    notes=("a note", "]"),
    excluded=("audit.log",),
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
    lines = [
        line
        for line in plan_text(PLAN).split("\n")
        if '"qualified_name": "sql-lineage-purview://o/p#b"' in line
    ]
    assert [json.loads(line)["action"] for line in lines] == ["create", "update", "delete"]


def test_the_first_line_says_what_follows() -> None:
    header, *rows = map(json.loads, plan_text(PLAN).splitlines())
    assert (header["endpoint"], header["owner"], header["granularity"]) == (
        "https://acct.purview.azure.com",
        "o",
        "statement",
    )
    assert header["scan"] == {"tool_version": "1", "repository": "https://x/y", "commit": "c0ffee"}
    assert [row["kind"] for row in rows] == [
        kind for kind, count in header["rows"].items() for _ in range(count)
    ]
    assert header["rows"] == {
        "placeholder": 1,
        "process": 3,
        "relation": 1,
        "resolved": 1,
        "unresolved": 1,
        "dropped": 1,
        "cut": 1,
        "note": 2,
        "excluded": 1,
    }


def test_lines_that_another_program_wrote_are_still_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.jsonl"
    compact = (
        json.dumps(json.loads(line), separators=(",", ":")) for line in plan_text(PLAN).splitlines()
    )
    path.write_text("".join(f"{line}\n" for line in compact), encoding="utf-8")
    assert same(open_plan(path), PLAN)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_plan_of_the_older_form_is_refused(indent: int | None, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    document = {
        "plan_version": 4,
        "endpoint": "https://acct.purview.azure.com",
        "owner": "o",
        "processes": [],
    }
    path.write_text(json.dumps(document, indent=indent), encoding="utf-8")
    with pytest.raises(BadPlanError, match="Make the plan again with this version of the tool"):
        open_plan(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines, '{"kind": "surprise"}'],
        lambda lines: [*lines, ""],
        lambda lines: lines[1:],
        lambda lines: [lines[0].replace('"process": 3', '"process": 4'), *lines[1:]],
    ],
    ids=[
        "a row less",
        "a row twice",
        "another kind",
        "an empty line",
        "no header",
        "another count",
    ],
)
def test_other_rows_than_the_first_line_says_are_refused(change, tmp_path: Path) -> None:
    path = tmp_path / "plan.jsonl"
    text = "".join(f"{line}\n" for line in change(plan_text(PLAN).splitlines()))
    path.write_text(text, encoding="utf-8", newline="\n")
    for opening in (lambda: open_plan(path), lambda: read_plan(text)):
        with pytest.raises(BadPlanError, match="Make the plan again"):
            opening()


def test_rows_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(
        plan_text(PLAN).replace('"action": "delete"', '"action": "dance"'),
        encoding="utf-8",
        newline="\n",
    )
    rows = iter(open_plan(path).processes)
    assert [next(rows).action, next(rows).action] == [PlannedAction.CREATE, PlannedAction.UPDATE]
    with pytest.raises(BadPlanError, match="damaged"):
        next(rows)


@pytest.mark.parametrize(
    "text", [b"", b"{\n", b"{\n}\n", b'{\n"plan_version": 1\n}\n', b"\xff\xfe", b"[]"]
)
def test_a_file_that_is_no_plan_is_refused(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text)
    with pytest.raises(BadPlanError, match="Make the plan again"):
        open_plan(path)


def test_a_plan_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    text = plan_text(PLAN)
    path.write_text(text[: text.index('"kind": "resolved"') - 1], encoding="utf-8", newline="\n")
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
    path.write_text(
        plan_text(replace(PLAN, processes=PLAN.processes[:1])), encoding="utf-8", newline="\n"
    )
    with pytest.raises(BadPlanError, match="was changed while it was applied"):
        list(opened.processes)
