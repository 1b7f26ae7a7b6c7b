"""Lineage of T-SQL and Synapse SQL, published to Microsoft Purview.

`scan` reads folders, `link` takes texts; both give a `Lineage`, which has rows for tables of data
and answers questions. `plan` and `push` publish it. Names are loaded when they are first used, so
that a command starts fast.

Example:
    >>> from sql_lineage_purview import scan
    >>> lineage = scan("sample_sql")
    >>> for row in lineage.columns():
    ...     if (row.target_table, row.target_column) == ("RetailDW.dw.DimStore", "StoreName"):
    ...         print(row.source_table, row.source_column, row.subtype)
    RetailDW.ext.Store StoreName IDENTITY
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .analysis.comparison.graph_comparison import GraphComparison
    from .analysis.impact import Impact
    from .library.lineage_result import Lineage
    from .library.lineage_rows import ColumnRow, ModuleRow, TableRow
    from .library.lineage_steps import StepRow
    from .library.publishing_functions import plan, push
    from .library.reading_functions import link, scan
    from .model.diagnostics import Diagnostic
    from .model.graph import LineageGraph
    from .project.configuring.loading import load_settings
    from .project.configuring.settings import Settings
    from .project.project_errors import ProjectError
    from .purview.purview_errors import PurviewError

__all__ = [
    "ColumnRow",
    "Diagnostic",
    "GraphComparison",
    "Impact",
    "Lineage",
    "LineageGraph",
    "ModuleRow",
    "ProjectError",
    "PurviewError",
    "Settings",
    "StepRow",
    "TableRow",
    "link",
    "load_settings",
    "plan",
    "push",
    "scan",
]

_ROOMS = {
    "analysis.comparison.graph_comparison": ("GraphComparison",),
    "analysis.impact": ("Impact",),
    "library.lineage_result": ("Lineage",),
    "library.lineage_rows": ("ColumnRow", "ModuleRow", "TableRow"),
    "library.lineage_steps": ("StepRow",),
    "library.publishing_functions": ("plan", "push"),
    "library.reading_functions": ("link", "scan"),
    "model.diagnostics": ("Diagnostic",),
    "model.graph": ("LineageGraph",),
    "project.configuring.loading": ("load_settings",),
    "project.configuring.settings": ("Settings",),
    "project.project_errors": ("ProjectError",),
    "purview.purview_errors": ("PurviewError",),
}


def __getattr__(name: str) -> object:
    """A public name, from the room where it stands.

    Raises:
        AttributeError: there is no such name.
    """
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{room}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__, "__version__"]
