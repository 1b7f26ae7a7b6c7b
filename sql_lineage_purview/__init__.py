"""Lineage of T-SQL and Synapse SQL, published to Microsoft Purview.

Names are loaded when they are first used, so that a command starts fast.

Example:
    >>> from pathlib import Path
    >>> from sql_lineage_purview import load_settings, scan
    >>> folder = Path("sample_sql")
    >>> graph = scan([folder], load_settings(folder, arguments={}, environment={})).graph
    >>> for edge in graph.table_lineage:
    ...     if str(edge.target) == "RetailDW.dw.DimStore":
    ...         print(edge.source)
    RetailDW.ext.Store
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .model.diagnostics import Diagnostic
    from .model.graph import Column, ColumnEdge, LineageGraph, Module, Statement, Table, TableEdge
    from .model.names import Name
    from .project.configuring.loading import load_settings
    from .project.configuring.settings import Settings
    from .project.keeping.scan_result import Scan
    from .project.project_errors import ProjectError
    from .project.scanning import scan

__all__ = [
    "Column",
    "ColumnEdge",
    "Diagnostic",
    "LineageGraph",
    "Module",
    "Name",
    "ProjectError",
    "Scan",
    "Settings",
    "Statement",
    "Table",
    "TableEdge",
    "load_settings",
    "scan",
]

_ROOMS = {
    "model.diagnostics": ("Diagnostic",),
    "model.graph": (
        "Column",
        "ColumnEdge",
        "LineageGraph",
        "Module",
        "Statement",
        "Table",
        "TableEdge",
    ),
    "model.names": ("Name",),
    "project.configuring.loading": ("load_settings",),
    "project.configuring.settings": ("Settings",),
    "project.project_errors": ("ProjectError",),
    "project.keeping.scan_result": ("Scan",),
    "project.scanning": ("scan",),
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
