"""Selectors of commands: what is said of them in `--help`, and where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..library.node_selection import selected_nodes
from ..project.configuring.setting_rows import OptionGroup
from .console import CommandError
from .setting_options import add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ..analysis.selection import SelectedNodes, TaggedColumns
    from ..model.graph import Column
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan

SELECTOR_HELP = (
    "a table (dbo.Fact), a column (dbo.Fact.Amount), a module (dbo.usp_Load), several (stg.*, "
    "file:etl/*.sql, kind:view, tag:CLASSIFICATION); +x and x+ add what leads to them and what "
    "comes of them"
)


def check_order(selector: str, paths: Iterable[Path]) -> None:
    """Check that a path does not stand where the selector belongs.

    Raises:
        CommandError: it does, and the selector where a path belongs.
    """
    if not Path(selector).exists():
        return
    for path in paths:
        if not path.exists():
            raise CommandError(
                f"{str(path)!r} is no path, and {selector!r} is one: the selector comes first, "
                f"then the paths: {path} {selector}"
            )


def add_tag_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tag:` is looked up in."""
    add_setting_options(parser.add_argument_group("classifications (tag:)"), OptionGroup.ASSETS)


def selected(result: Scan, settings: Settings, text: str) -> SelectedNodes:
    """What a selector selects in a scan; `tag:` by the snapshot of assets that is configured.

    Raises:
        SelectionError: as of `selected_nodes`.
    """
    return selected_nodes(result.graph, text, _tagged(result, settings))


def _tagged(result: Scan, settings: Settings) -> TaggedColumns | None:
    if settings.purview.assets is None:
        return None

    def columns(classification: str) -> Iterable[Column]:
        from .classification_tracing import classified_columns  # noqa: PLC0415 - the account is for those alone who ask it

        return classified_columns(result, settings, classification)

    return columns
