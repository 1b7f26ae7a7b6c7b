"""From folders or texts of SQL to lineage."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from ..project.configuring.addresses import DatabaseAddress
from ..project.configuring.loading import load_settings
from ..project.configuring.settings import Settings
from ..project.fresh_scanning import scan_of
from ..project.gathering import gather_texts
from ..project.scanning import scan as scan_paths
from .emulator_stand_in import open_stand_in
from .lineage_result import Lineage

PathLike: TypeAlias = str | os.PathLike[str]


def scan(
    paths: PathLike | Iterable[PathLike],
    settings: Settings | None = None,
    *,
    databases: Iterable[str] = (),
    use_cache: bool = True,
) -> Lineage:
    """The lineage of folders and files, the same that the command `scan` finds.

    What cannot be read or understood is a finding of it; it never stops the rest.

    Args:
        paths: one folder or file, or several.
        settings: None takes the nearest configuration file and the environment, as the commands
            do; see `load_settings`.
        databases: addresses of live databases whose modules are read too
            (`mssql://SERVER/DATABASE`); the extra `mssql` reads them.
        use_cache: keep what was read beside the configuration file, or else in the first folder,
            and use what is kept there.

    Raises:
        ProjectError: a path does not exist, a database does not answer, a catalog cannot be read,
            or a setting cannot be used.

    Example:
        >>> from sql_lineage_purview import scan
        >>> lineage = scan("sample_sql")
        >>> [row.sources for row in lineage.tables() if row.name == "RetailDW.dw.DimStore"]
        [1]
    """
    places = [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(row) for row in paths]
    effective = settings or load_settings(places[0] if places else Path.cwd())
    scanned = scan_paths(
        places,
        effective,
        databases=[DatabaseAddress.of(text) for text in databases],
        use_cache=use_cache,
        stand_in=open_stand_in,
    )
    return Lineage(scanned, effective)


def link(scripts: str | Mapping[str, str | bytes], settings: Settings | None = None) -> Lineage:
    """The lineage of texts of SQL, of which nothing is written anywhere.

    Args:
        scripts: one text, or several by the paths that stand for them in findings and rows. A path
            decides nothing else: no text brings in another one (`:r`).
        settings: None takes the defaults.

    Raises:
        ProjectError: a setting cannot be used.
        ValueError: a path is none of a file below a folder.

    Example:
        >>> from sql_lineage_purview import link
        >>> lineage = link({"v.sql": "CREATE VIEW dbo.v AS SELECT a FROM dbo.t;"})
        >>> lineage.modules()[0].reads
        ('dbo.t',)
    """
    named = {"script.sql": scripts} if isinstance(scripts, str) else scripts
    texts = {_checked(path): _bytes(text) for path, text in named.items()}
    effective = settings or Settings()
    return Lineage(scan_of(gather_texts(texts, effective), effective, open_stand_in), effective)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _checked(path: str) -> str:
    parts = PurePosixPath(path)
    if parts.is_absolute() or not parts.parts or ".." in parts.parts or "\0" in path:
        message = f"{path!r}: a path that stands for a text is relative and stays below its folder"
        raise ValueError(message)
    return parts.as_posix()
