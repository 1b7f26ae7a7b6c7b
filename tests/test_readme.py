"""README.md: its commands run in a copy of the sample, and print what it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.docs.pages import assert_printed, commands_of, text_of
from tests.docs.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = commands_of("README.md")


def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    with Shell(tmp_path) as shell:
        for shown in COMMANDS:
            code, output = shell.run(shown.command)
            # `check` finds the one gap of the sample.
            assert code == (1 if " check " in shown.command else 0), f"{shown.command}\n{output}"
            assert_printed(shown, output)


def test_the_first_command_does_the_main_job_and_again_there_is_nothing_to_do(
    tmp_path: Path,
) -> None:
    with Shell(tmp_path) as shell:
        first, second = shell.run("python dev.py demo"), shell.run("python dev.py demo")
        code, plan = shell.run("sql-lineage-purview plan sample_sql --format json -o plan.jsonl")

    assert (first[0], second[0], code) == (0, 0, 0), plan
    assert "Nothing to do" not in first[1]
    assert "Nothing to do: the catalogue holds what can be published of this lineage." in second[1]
    rows = map(json.loads, (tmp_path / "plan.jsonl").read_text(encoding="utf-8").splitlines())
    actions = {row["action"] for row in rows if row.get("kind") == "process"}
    assert actions == {"unchanged"}


def test_it_is_short_and_begins_with_the_two_commands() -> None:
    assert len(text_of("README.md").splitlines()) < 200
    assert [shown.command for shown in COMMANDS[:2]] == ["python dev.py demo", "python dev.py test"]
