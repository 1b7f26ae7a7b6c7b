"""The emulator as the stand-in for an account.

Opened beside the configuration, and filled as that says.

Apart from `emulator`, which serves it, nothing else knows it; scans that ask no account never load
it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..project.project_errors import PathError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..emulator import Emulator, SeedAsset, SeedResult
    from ..project.configuring.settings import Settings

# The lineage keeps no data types; the catalogue wants one.
_DATA_TYPE = "unknown"


@contextmanager
def open_stand_in(settings: Settings) -> Iterator[Emulator]:
    """The emulator that settings describe, seeded as configured.

    Raises:
        PathError: the seed cannot be read.
        EmulatorError: the emulator's file cannot be used.
    """
    from ..emulator import Emulator  # noqa: PLC0415 - for those alone who ask it

    with Emulator(settings.folder / settings.purview.emulator_file) as emulator:
        if settings.purview.emulator_seed:
            seed_from(emulator, settings.purview.emulator_seed, settings)
        yield emulator


def seed_from(emulator: Emulator, path: Path, settings: Settings) -> SeedResult:
    """Fill a stand-in from a file of assets (JSON), or a folder's DDL with the database map.

    Raises:
        PathError: the file cannot be read, or is no seed file; or the folder's tables cannot be
            registered.
    """
    from ..emulator import load_assets, seed  # noqa: PLC0415 - as above

    try:
        assets = _folder_assets(path, settings) if path.is_dir() else load_assets(path)
        return seed(emulator, assets)
    except OSError as error:
        raise PathError(
            f"{path}: the seed cannot be read ({error.strerror}). Check emulator_seed, or --seed."
        ) from None
    except ValueError as error:
        raise PathError(f"The seed cannot be used: {error}") from None


def _folder_assets(folder: Path, settings: Settings) -> list[SeedAsset]:
    """The tables and views that a folder's scripts define, as the emulator is seeded with them."""
    from ..emulator import AssetColumn, SeedAsset  # noqa: PLC0415 - as above
    from ..project.connecting.folder_tables import folder_tables  # noqa: PLC0415 - as above

    return [
        SeedAsset(
            table.type_name,
            table.qualified_name,
            columns=tuple(AssetColumn(column, _DATA_TYPE) for column in table.columns),
        )
        for table in folder_tables(folder, settings)
    ]
