"""bench/phases.py: every room has a phase, and what is printed is a whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from phases import main, phase_of

import sql_lineage_purview

PACKAGE = Path(sql_lineage_purview.__file__).parent


def test_each_room_of_a_scan_has_itsphase_of() -> None:
    assert phase_of("tsql/reading") == "tokens and cutting"
    assert phase_of("linker/lifetimes") == "linking: lifetimes, definitions"
    assert phase_of("linker/linking.py") == phase_of("linker/binding") == "linking: the rest"
    rooms = {f"tsql/{file.parent.name}" for file in (PACKAGE / "tsql").glob("*/__init__.py")}
    assert not [room for room in rooms if phase_of(room) == "finding and reading files"]


def test_the_shares_of_a_scan_are_a_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample_sql"]) == 0
    shares = [int(share) for share in re.findall(r"(\d+) %", capsys.readouterr().out)]
    assert 90 <= sum(shares) <= 110


def test_what_is_no_folder_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"]) == 2
    assert "nowhere is no folder" in capsys.readouterr().err
