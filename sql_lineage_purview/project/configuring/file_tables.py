"""The tables of a configuration file, read by the settings that a class declares."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..project_errors import ConfigurationError
from .kinds import Origin

if TYPE_CHECKING:
    from .configuration import ConfigurationFile
    from .setting_rows import Setting

_SECRET = ("secret", "password", "token", "credential", "api_key")


def table_at(file: ConfigurationFile, *keys: str) -> Mapping[str, object]:
    """The table at a key, such as `profiles.prod.purview`; an empty one where there is none.

    Raises:
        ConfigurationError: something else stands there.
    """
    value: object = file.values
    for key in keys:
        value = value.get(key, {}) if isinstance(value, Mapping) else {}
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f"{file.place(*keys)}: {'.'.join(keys)} must be a table: [{'.'.join(keys)}]."
        )
    return value


def read_values(
    file: ConfigurationFile,
    table: Mapping[str, object],
    settings: Mapping[str, Setting],
    *section: str,
) -> dict[str, Any]:
    """The values of a table by key.

    Args:
        file: Where it stands, for messages.
        table: The table.
        settings: What may stand in it.
        section: Its key in the file.

    Raises:
        ConfigurationError: a key is unknown, or a value is not of its kind.
    """
    check_keys(file, table, settings, *section)
    folder = file.path.parent
    return {
        key: settings[key].kind.read(
            value, Origin(f"{file.place(*section, key)}: {'.'.join((*section, key))}", folder)
        )
        for key, value in table.items()
    }


def read_named(
    file: ConfigurationFile,
    settings: Mapping[str, Setting],
    needed: Iterable[str],
    *section: str,
) -> dict[str, Any]:
    """The values of one of several tables of a kind, `[kind.NAME]`, with its name.

    Args:
        file: Where it stands.
        settings: What may stand in it.
        needed: What must.
        section: Its key in the file, which ends with its name.

    Raises:
        ConfigurationError: as of `read_values`, or a key is missing.
    """
    values = read_values(file, table_at(file, *section), settings, *section)
    for key in needed:
        if key not in values:
            raise ConfigurationError(
                f"{file.place(*section)}: [{'.'.join(section)}] needs the key {key}."
            )
    return {"name": section[-1], **values}


def check_keys(
    file: ConfigurationFile, keys: Iterable[str], valid_keys: Iterable[str], *section: str
) -> None:
    """Check that a table holds no other keys than valid ones.

    Args:
        file: Where it stands.
        keys: Its keys.
        valid_keys: What may stand in it.
        section: Its own key in the file.

    Raises:
        ConfigurationError: it does; the message tells the nearest valid key.
    """
    valid_keys = list(valid_keys)
    for key in keys:
        if key in valid_keys:
            continue
        full = ".".join((*section, key))
        raise ConfigurationError(
            f"{file.place(*section, key)}: unknown key {full!r}. {_advice(key, valid_keys)}"
        )


def _advice(key: str, valid_keys: Iterable[str]) -> str:
    if any(word in key.lower() for word in _SECRET):
        return (
            "Secrets do not belong in this file: sign in with the Azure CLI, or set "
            "AZURE_CLIENT_ID and its companions."
        )
    near = difflib.get_close_matches(key.replace("-", "_").lower(), list(valid_keys), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(valid_keys))}."
