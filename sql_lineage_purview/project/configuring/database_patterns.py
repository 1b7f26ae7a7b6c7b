"""Databases of the configuration whose keys are patterns: `[databases."Sales_*"]`.

A pattern stands for each database of the scan that has no row of its own. Of several patterns the
longest counts. `{database}` in a value stands for the name of the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..project_errors import ConfigurationError
from .wildcards import check_placeholders, filled, has_wildcard, wildcard_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...model.names import Name
    from .database_settings import DatabaseSettings

PLACEHOLDER = "database"
_TEMPLATES = ("server", "database", "instance", "workspace", "item", "collection")


def database_rows(
    rows: Sequence[DatabaseSettings], names: Iterable[str]
) -> tuple[DatabaseSettings, ...]:
    """The rows of databases: those that are written, and for other names those of patterns.

    Args:
        rows: What the configuration has.
        names: The databases of a scan; those without a row are left out.

    Raises:
        ConfigurationError: two patterns match a name, and neither is longer.
    """
    patterns = [row for row in rows if has_wildcard(row.name)]
    concrete = [row for row in rows if not has_wildcard(row.name)]
    exact = {row.name.casefold() for row in concrete}
    unwritten = {name.casefold(): name for name in names if name.casefold() not in exact}
    for name in unwritten.values() if patterns else ():
        row = pattern_of(patterns, name)
        if row is not None:
            concrete.append(with_name(row, name))
    return tuple(concrete)


def pattern_of(rows: Sequence[DatabaseSettings], name: str) -> DatabaseSettings | None:
    """The pattern that counts for a name, or None where none matches.

    Raises:
        ConfigurationError: two match, and neither is longer.
    """
    matches = [row for row in rows if matches_database(row.name, name)]
    if not matches:
        return None
    longest = max(len(row.name) for row in matches)
    row, *equals = [row for row in matches if len(row.name) == longest]
    if equals:
        raise ConfigurationError(
            f'[databases."{row.name}"] and [databases."{equals[0].name}"] both match {name}, and '
            f'neither is longer. Write [databases."{name}"].'
        )
    return row


def matches_database(pattern: str, name: str) -> bool:
    """Does a pattern match the name of a database?

    No wildcard stands for the dot behind a linked server, whose databases are others: `*` is no
    `SRV.Db`.
    """
    parts, name_parts = pattern.split("."), name.split(".")
    return len(parts) == len(name_parts) and all(
        wildcard_expression(part).fullmatch(name_part)
        for part, name_part in zip(parts, name_parts, strict=True)
    )


def with_name(row: DatabaseSettings, name: str) -> DatabaseSettings:
    """The row of a database, with its name in place of `{database}`."""
    # of SRV.Db, a database behind a linked server, it is Db
    database = name.rpartition(".")[2]
    values: dict[str, Any] = {
        key: filled(getattr(row, key), PLACEHOLDER, database) for key in _TEMPLATES
    }
    return replace(row, name=name, **values)


def checked_row(row: DatabaseSettings, origin: str) -> DatabaseSettings:
    """A row of the configuration whose placeholders can be filled; filled where its name is one.

    Raises:
        ConfigurationError: a value holds another placeholder.
    """
    for key in _TEMPLATES:
        check_placeholders(getattr(row, key), PLACEHOLDER, f"{origin}: {key}")
    return row if has_wildcard(row.name) else with_name(row, row.name)


def database_names(names: Iterable[Name]) -> list[str]:
    """The databases that names of tables say, each once.

    One that something fills in later, `$(Db)`, is no name yet.
    """
    written = (name for name in names if not (name.address or name.template or name.left_open))
    return list(dict.fromkeys(name.database_path for name in written if name.database_path))


def has_patterns(rows: Iterable[DatabaseSettings]) -> bool:
    """May databases have a row that have none of their own?"""
    return any(has_wildcard(row.name) for row in rows)
