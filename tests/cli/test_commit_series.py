"""The series of changes, each committed: those that are breaking stop the commit, others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ..change_series import BASE, BREAKING, CHANGES, ProjectChange
from .conftest import Run, write
from .test_check_changes import commit, git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_of_the_series(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, change: ProjectChange
) -> None:
    """What is classed breaking stops a commit; what changes no lineage, or harms none, does not."""
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    folder = write(tmp_path / "series", dict(BASE))
    monkeypatch.chdir(folder)
    git(folder, "init", "--quiet")
    commit(folder)
    for path in change.edits:
        (folder / path).unlink(missing_ok=True)
    write(folder, {path: text for path, text in change.edits.items() if text is not None})
    git(folder, "add", "--all")

    outcome = run("check", "--staged")

    reported = [line.split(" ")[1] for line in outcome.out.splitlines() if "SLP" in line]
    if change.impact == BREAKING:
        assert outcome.code == 1
        assert "SLP901" in reported
    elif change.name not in ("body cut off", "new dynamic SQL"):  # which are findings themselves
        assert (outcome.code, [code for code in reported if code != "SLP902"]) == (0, [])
