"""Every command of a page runs, in a copy of the sample, and prints what the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .pages import PAGES, assert_printed, blocks_of, commands_of
from .shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

# These have tests of their own.
WITH_COMMANDS = [
    page for page in PAGES if page not in ("README.md", "docs/catalogs.md") and commands_of(page)
]
LANGUAGES = {"console", "text", "toml", "yaml", "json", "sql", "python"}


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page(page: str, tmp_path: Path) -> None:
    with Shell(tmp_path) as shell:
        for shown in commands_of(page):
            code, output = shell.run(shown.command)
            # 1 is `check` with findings; 2 and 3 would be a command that is wrong or cannot work.
            assert code in (0, 1), f"{shown.place}: {shown.command}\n{output}"
            assert_printed(shown, output)


@pytest.mark.parametrize("page", PAGES)
def test_commands_stand_in_console_blocks(page: str) -> None:
    """Only what needs a Purview account may be in a block of plain text, which nothing runs."""
    for block in blocks_of(page):
        assert block.language in LANGUAGES, f"{page}:{block.line}"
        if block.language != "console":
            shown = [line for line in block.body.splitlines() if line.startswith("$ ")]
            assert not shown or (block.language == "text" and page == "docs/purview.md"), (
                f"{page}:{block.line}"
            )
