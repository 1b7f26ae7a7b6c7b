"""The copies of pipelines, with what the settings say of where their ends stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...pipelines.artefacts.fabric_items import FabricItems
from ...pipelines.statements.copy_statements import CopyStatements
from ...pipelines.statements.database_names import DatabaseNames, ServerDatabase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..configuring.database_settings import DatabaseSettings
    from .file_discovery import FileDiscovery


def copy_statements(
    discovery: FileDiscovery,
    databases: Iterable[DatabaseSettings],
    services: Iterable[tuple[str, str]],
    *,
    databases_stated: bool,
) -> CopyStatements:
    """What adds the copies of pipelines to the facts of their files.

    Args:
        discovery: the pipelines, and what stands beside them.
        databases: where databases stand.
        services: the databases and addresses that the configuration gives linked services.
        databases_stated: do names say the databases that they belong to?
    """
    return CopyStatements(
        discovery.workspace_files,
        FabricItems(discovery.workspace_files, discovery.items),
        {name.casefold(): address for name, address in services},
        DatabaseNames(
            [ServerDatabase(row.name, row.server, row.purview_name) for row in databases],
            stated=databases_stated,
        ),
    )
