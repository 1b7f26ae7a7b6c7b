"""The names that the package offers, and the example that it begins with."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import sql_lineage_purview

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", sql_lineage_purview.__all__)
def test_each_public_name_is_there_and_described(name: str) -> None:
    assert getattr(sql_lineage_purview, name).__doc__


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        sql_lineage_purview.frobnicate  # noqa: B018 - asking for it is the test


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    outcome = doctest.testmod(sql_lineage_purview)

    assert outcome.attempted
    assert not outcome.failed


def test_the_package_alone_loads_no_room() -> None:
    program = (
        "import sys, sql_lineage_purview as package; "
        "print(*[name for name in sys.modules if name.startswith(f'{package.__name__}.') and not "
        "name.endswith('.version')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )

    assert not loaded.stdout.split()
