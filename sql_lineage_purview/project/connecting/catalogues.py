"""The catalogue that a project publishes to: a Purview account, or the stand-in on this machine; and the map to its assets."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...emulator import Emulator, SeedResult, load_assets, seed
from ...model.names import parse_name
from ...purview import Database, DatabaseMap, LocalTransport, Pin, Platform, PurviewTarget, connect
from ...purview.account.connection import EMULATOR
from ..configuring.signing_in import sign_in_of
from ..errors import ConfigurationError, PathError
from .seeding import folder_assets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...purview.account.client import DataMapClient
    from ..configuring.database_settings import DatabaseSettings, PinSettings
    from ..configuring.settings import Settings


def target_of(settings: Settings) -> PurviewTarget:
    """The account of the settings.

    Raises:
        ConfigurationError: no endpoint is configured, or the sign-in cannot be used.
    """
    chosen = settings.purview
    if not chosen.endpoint:
        raise ConfigurationError(
            'No endpoint is configured. Write endpoint = "https://ACCOUNT.purview.azure.com", or "emulator" to try it on this '
            "machine, under [purview] in sql-lineage-purview.toml, or set SQL_LINEAGE_PURVIEW_ENDPOINT."
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
def open_catalogue(settings: Settings) -> Iterator[DataMapClient]:
    """A client for the configured endpoint. The endpoint `emulator` is a stand-in without a server, seeded as configured.

    Raises:
        ConfigurationError: no endpoint is configured.
        PathError: the seed cannot be read.
        EmulatorError: the stand-in's file cannot be used.
        PurviewError: the endpoint is no https address, or the file of authorities cannot be used.
    """
    target = target_of(settings)
    if target.endpoint != EMULATOR:
        yield connect(target)
        return
    with Emulator(settings.folder / settings.purview.emulator_file) as emulator:
        if settings.purview.emulator_seed:
            seed_from(emulator, settings.purview.emulator_seed, settings)
        yield connect(target, LocalTransport(emulator))


def seed_from(emulator: Emulator, path: Path, settings: Settings) -> SeedResult:
    """Fill a stand-in from a file of assets (JSON), or from a folder's DDL by way of the database map.

    Raises:
        PathError: the file cannot be read, or is no seed file; or the folder's tables cannot be registered.
    """
    try:
        assets = folder_assets(path, settings, database_map) if path.is_dir() else load_assets(path)
        return seed(emulator, assets)
    except OSError as error:
        raise PathError(f"{path}: the seed cannot be read ({error.strerror}). Check emulator_seed, or --seed.") from None
    except ValueError as error:
        raise PathError(f"The seed cannot be used: {error}") from None


def database_map(settings: Settings, alone: str | None = None) -> DatabaseMap:
    """Where tables stand, as configured.

    Args:
        settings: hold the map.
        alone: the database of names that leave it out, where no database is configured for all.

    Raises:
        ConfigurationError: a platform, server or pin of the configuration is unusable.
    """
    databases = tuple(map(_database, settings.databases))
    names = {row.name.casefold() for row in databases}
    chosen = settings.database or alone
    default = chosen if chosen and chosen.casefold() in names else None
    try:
        return DatabaseMap(databases, default, tuple(map(_pin, settings.pins)))
    except ValueError as error:
        raise ConfigurationError(f"[databases]: {error}.") from None


def _database(row: DatabaseSettings) -> Database:
    try:
        platform = Platform(row.platform) if row.platform else None
    except ValueError:
        platforms = ", ".join(Platform)
        raise ConfigurationError(f"[databases.{row.name}]: platform {row.platform!r} is unknown. Known: {platforms}.") from None
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
        raise ConfigurationError(f'[pins."{row.name}"]: not a name. Write it as the scan shows it: dbo.[Fact Sales].') from None
