"""docs/library.md runs as it stands, prints what it shows, and is the notebook beside it."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

from tests.docs.pages import ROOT, blocks_of
from tests.docs.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PAGE = "docs/library.md"
NOTEBOOK = ROOT / "docs" / "library.ipynb"


def notebook() -> dict[str, Any]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def test_the_examples_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed, names = io.StringIO(), dict[str, object]()
    with Shell(tmp_path), contextlib.redirect_stdout(printed):
        for block in blocks_of(PAGE):
            if block.language == "python":
                exec(block.body, names)  # noqa: S102 - the page is ours

    shown = [block.body for block in blocks_of(PAGE) if block.language == "text"]
    assert printed.getvalue() == "".join(shown)


def test_the_notebook_has_the_cells_of_the_page() -> None:
    cells = ["".join(cell["source"]) for cell in notebook()["cells"] if cell["cell_type"] == "code"]

    assert cells == [
        block.body.rstrip("\n") for block in blocks_of(PAGE) if block.language == "python"
    ]


def test_the_notebook_keeps_no_answers() -> None:
    """They would be those of somebody's scripts."""
    for cell in notebook()["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
