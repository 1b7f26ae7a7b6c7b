"""The catalogue that a project publishes to: a Purview account, or the stand-in on this machine.

And the map to its assets.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...model.names import parse_name
from ...purview import Database, DatabaseMap, LocalTransport, Pin, Platform, PurviewTarget, connect
from ...purview.account.connection import EMULATOR
from ...purview.transport.tokens import AzureTokens
from ..configuring.database_patterns import database_names, database_rows, has_patterns
from ..configuring.script_databases import folder_databases
from ..configuring.signing_in import sign_in_of
from ..configuring.wildcards import has_wildcard, placeholders
from ..project_errors import ConfigurationError
from .stand_in import no_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...model.names import Name
    from ...purview.account.client import DataMapClient
    from ...purview.transport.sign_in import Credential
    from ..configuring.database_settings import DatabaseSettings, PinSettings
    from ..configuring.settings import Settings
    from ..keeping.scan_result import Scan
    from .stand_in import StandIn


def target_of(settings: Settings) -> PurviewTarget:
    """The account of the settings.

    Raises:
        ConfigurationError: no endpoint is configured, or the sign-in cannot be used.
    """
    chosen = settings.purview
    if not chosen.endpoint:
        raise ConfigurationError(
            'No endpoint is configured. Write endpoint = "https://ACCOUNT.purview.azure.com", or '
            '"emulator" to try it on this '
            "machine, under [purview] in sql-lineage-purview.toml, or set "
            "SQL_LINEAGE_PURVIEW_ENDPOINT."
        )
    return PurviewTarget(
        chosen.endpoint,
        path_prefix=chosen.path_prefix,
        scope=chosen.scope,
        sign_in=sign_in_of(chosen),
        owner=chosen.owner,
        rate=chosen.rate,
    )


@contextmanager
def open_catalogue(
    settings: Settings, stand_in: StandIn = no_stand_in, credential: Credential | None = None
) -> Iterator[DataMapClient]:
    """A client for the configured endpoint.

    For the endpoint `emulator` that of a stand-in without a server.

    Args:
        settings: hold the endpoint and the sign-in.
        stand_in: opens what stands in for the account, where that is the emulator.
        credential: signs in, in place of what is configured.

    Raises:
        ConfigurationError: no endpoint is configured.
        PurviewError: the endpoint is no https address, or the file of authorities cannot be used.
    """
    target = target_of(settings)
    if target.endpoint != EMULATOR:
        tokens = AzureTokens(target.scope, credential=credential) if credential else None
        yield connect(target, tokens=tokens)
        return
    with stand_in(settings) as service:
        yield connect(target, LocalTransport(service))


def database_map(
    settings: Settings, alone: str | None = None, tables: Iterable[Name] = ()
) -> DatabaseMap:
    """Where tables stand, as configured.

    Args:
        settings: hold the map.
        alone: the database of names that leave it out, where no database is configured for all.
        tables: those whose databases patterns may stand for.

    Raises:
        ConfigurationError: a platform, server or pin of the configuration is unusable.
    """
    chosen = settings.database or alone
    names = [*([chosen] if chosen else ()), *database_names(tables)]
    return _map(database_rows(settings.databases, names), chosen, settings)


def _map(rows: Iterable[DatabaseSettings], chosen: str | None, settings: Settings) -> DatabaseMap:
    databases = tuple(map(_database, rows))
    names = {row.name.casefold() for row in databases}
    # A map of one row needs no default, and the database of the scripts may be called otherwise
    # there.
    default = chosen if chosen and chosen.casefold() in names else None
    try:
        return DatabaseMap(
            databases,
            default,
            tuple(map(_pin, settings.pins)),
            has_patterns=has_patterns(settings.databases),
        )
    except ValueError as error:
        raise ConfigurationError(f"[databases]: {error}.") from None


def map_of_scan(scan: Scan, settings: Settings) -> DatabaseMap:
    """Where the tables of a scan stand, as configured.

    Raises:
        ConfigurationError: as of `database_map`.
    """
    return database_map(settings, scan.database, (table.name for table in scan.graph.tables))


def map_of_servers(settings: Settings) -> DatabaseMap:
    """Where tables stand, as far as that can be told without a scan.

    The databases of a pattern are those that the folders name, and the pattern itself stands for
    all of its server, where that is one.

    Raises:
        ConfigurationError: as of `database_map`.
    """
    rows = database_rows(settings.databases, folder_databases(settings.folders))
    servers = [row for row in _patterns(settings) if not placeholders(row.server)]
    return _map((*rows, *servers), settings.database, settings)


def patterns_of_servers(settings: Settings) -> list[str]:
    """The patterns of which only a scan tells the servers: `[databases."*"]` with `{database}`."""
    return [row.name for row in _patterns(settings) if placeholders(row.server)]


def _patterns(settings: Settings) -> list[DatabaseSettings]:
    return [row for row in settings.databases if has_wildcard(row.name)]


def _database(row: DatabaseSettings) -> Database:
    try:
        platform = Platform(row.platform) if row.platform else None
    except ValueError:
        platforms = ", ".join(Platform)
        raise ConfigurationError(
            f"[databases.{row.name}]: platform {row.platform!r} is unknown. Known: {platforms}."
        ) from None
    try:
        return Database(
            row.name,
            row.server,
            platform,
            row.database,
            row.instance,
            workspace=row.workspace,
            item=row.item,
            collection=row.collection,
            types=row.types,
        )
    except ValueError as error:
        raise ConfigurationError(f"[databases.{row.name}]: {error}.") from None


def _pin(row: PinSettings) -> Pin:
    try:
        return Pin(parse_name(row.name), row.type, row.qualified_name)
    except ValueError:
        raise ConfigurationError(
            f'[pins."{row.name}"]: not a name. Write it as the scan shows it: dbo.[Fact Sales].'
        ) from None
