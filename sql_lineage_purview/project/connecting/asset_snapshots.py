"""Snapshots of the assets of an account, as files.

They are made where there is a sign-in, and used where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from ...model.limits import PLAN_BYTES
from ...model.opening import read_file
from ...purview import AssetSnapshot, DataMapClient, read_asset_snapshot
from ...purview.planning.asset_dump import dump_account
from ...purview.purview_errors import BadSnapshotError
from ...purview.transport.http import plain_endpoint
from ..project_errors import PathError
from .catalogues import map_of_servers, open_catalogue, patterns_of_servers
from .stand_in import no_stand_in

if TYPE_CHECKING:
    from pathlib import Path

    from ...purview.transport.sign_in import Credential
    from ..configuring.settings import Settings
    from .stand_in import StandIn

Account: TypeAlias = DataMapClient | AssetSnapshot
"""What plans are made for: the account itself, or a snapshot of it."""


@contextmanager
def open_account(
    settings: Settings, stand_in: StandIn = no_stand_in, credential: Credential | None = None
) -> Iterator[Account]:
    """What to plan for: the snapshot that is configured, else the configured endpoint.

    Args:
        settings: hold both.
        stand_in: see `open_catalogue`.
        credential: see `open_catalogue`.

    Raises:
        ConfigurationError: neither is configured.
        PathError: the snapshot cannot be read.
        PurviewError: the snapshot is none, or that of another account or owner; or the endpoint
            cannot be used.
    """
    if settings.purview.assets is None:
        with open_catalogue(settings, stand_in, credential) as client:
            yield client
        return
    snapshot = _opened(settings.purview.assets)
    _check(snapshot, settings)
    yield snapshot


def dump_assets(client: DataMapClient, settings: Settings) -> tuple[AssetSnapshot, tuple[str, ...]]:
    """A snapshot of what plans need of the account, and notes on what it leaves out.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ConfigurationError: the database map is unusable.
    """
    timestamp = datetime.now(UTC).isoformat(timespec="seconds")
    databases = map_of_servers(settings)
    snapshot, notes = dump_account(client, databases, owner=settings.purview.owner, taken=timestamp)
    more = tuple(
        f'of databases that [databases."{pattern}"] stands for, those alone are in it that '
        "[folders] names"
        for pattern in patterns_of_servers(settings)
    )
    notes = (*notes, *more)
    return replace(snapshot, notes=notes), notes


def _opened(path: Path) -> AssetSnapshot:
    try:
        return read_asset_snapshot(read_file(path, PLAN_BYTES).decode("utf-8"))
    except UnicodeDecodeError:
        raise BadSnapshotError(f"{path} is not UTF-8, so it is no snapshot of assets") from None
    except OSError as error:
        raise PathError(
            f"{path}: the snapshot of assets cannot be read ({error.strerror}). Check --assets."
        ) from None


def _check(snapshot: AssetSnapshot, settings: Settings) -> None:
    remedy = "Make a snapshot with this configuration: catalog dump --from purview."
    if snapshot.owner != settings.purview.owner:
        what = (
            f"The snapshot of assets holds the processes of {snapshot.owner}, not of "
            f"{settings.purview.owner}"
        )
        raise BadSnapshotError(what, remedy=remedy)
    endpoint = plain_endpoint(settings.purview.endpoint)
    # As the connection writes what is no address, such as `emulator`.
    address = endpoint if "://" in endpoint or not endpoint else f"http://{endpoint}"
    if address and snapshot.endpoint != address:
        raise BadSnapshotError(
            f"The snapshot of assets is one of {snapshot.endpoint}, not of {address}", remedy=remedy
        )
