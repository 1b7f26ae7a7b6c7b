"""Drawings on terminals: colours, links to file and line, and their width."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.cli.scene import Scene, drawn, takes_links
from sql_lineage_purview.model.graph import Location
from sql_lineage_purview.render.drawing import Branch, Fragment, Meaning, at

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "FORCE_HYPERLINK", "WT_SESSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")


def tree() -> Branch:
    root = Branch((Fragment("dbo.Fact", Meaning.NAME),))
    root.add(
        Fragment("dbo.Source", Meaning.NAME),
        Fragment("DIRECT", Meaning.DIRECT),
        at(Location("a folder/of scripts/load.sql", 12)),
    )
    return root


def test_lines_are_as_wide_as_the_terminal_and_coloured() -> None:
    text = drawn(tree(), Terminal(), Scene())

    assert "\x1b[32mDIRECT" in text
    assert re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() == [
        "dbo.Fact",
        "└── dbo.Source  DIRECT  a folder/of scripts/load.sql:12",
    ]


def test_places_are_links_where_the_terminal_takes_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = Scene(root=tmp_path)
    assert "\x1b]8;" not in drawn(tree(), Terminal(), scene)

    monkeypatch.setenv("TERM_PROGRAM", "vscode")
    linked = drawn(tree(), Terminal(), scene)

    address = (tmp_path / "a folder" / "of scripts" / "load.sql").as_uri()
    assert f";{address}#12\x1b\\" in linked
    assert "%20" in address


@pytest.mark.parametrize(
    ("environment", "taken"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "1"}, True),
        ({"VTE_VERSION": "4601"}, False),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "7600", "FORCE_HYPERLINK": "0"}, False),
        ({"FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_which_terminals_take_links(environment: dict[str, str], taken: bool) -> None:
    assert takes_links(environment) is taken


def test_without_colours_there_are_no_links(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM_PROGRAM", "vscode")

    assert "\x1b" not in drawn(tree(), Terminal(), Scene(root=tmp_path))


def test_ascii_is_drawn_where_it_is_asked_for() -> None:
    assert "`-- " in drawn(tree(), Terminal(), Scene(ascii_only=True))
    assert "`-- " in drawn(tree(), None, Scene(ascii_only=True))
