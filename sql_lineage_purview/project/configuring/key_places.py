"""Where in the configuration those keys stand that may match nothing of a scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .file_tables import table_at
from .settings import KeyPlace

if TYPE_CHECKING:
    from .configuration import ConfigurationFile

_NAMED = ("databases", "pins")


def key_places(
    file: ConfigurationFile, *section: str
) -> tuple[tuple[tuple[str, ...], KeyPlace], ...]:
    """The keys of a section and their places.

    They are named as `Settings` has them, a folder by its absolute path.
    """
    return tuple(
        (name, KeyPlace(file.path, file.line(*section, *key) or 1))
        for key, name in _keys(file, *section)
    )


def _keys(
    file: ConfigurationFile, *section: str
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    table = table_at(file, *section)
    if "database" in table:
        yield ("database",), ("database",)
    for kind in _NAMED:
        yield from (((kind, name), (kind, name)) for name in table_at(file, *section, kind))
    if isinstance(folders := table.get("folders"), Mapping):
        for folder in folders:
            yield ("folders", folder), ("folders", str((file.path.parent / folder).resolve()))
    if "exclude" in table_at(file, *section, "publish"):
        yield ("publish", "exclude"), ("publish", "exclude")
