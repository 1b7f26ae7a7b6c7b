"""Where settings come from: arguments, then the environment, then the nearest configuration file, then the defaults."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .addresses import is_address
from .configuration import ConfigurationFile, find_configuration
from .errors import ConfigurationError
from .settings import PURVIEW, CatalogSettings, DatabaseSettings, PinSettings, PurviewSettings, Settings

ENVIRONMENT_PREFIX = "SQL_LINEAGE_PURVIEW_"


def load_settings(start: Path, *, arguments: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Settle every setting by one precedence: arguments > environment > nearest file > default.

    Args:
        start: the first scanned path; the configuration is searched from there upward.
        arguments: settings by name, as given on the command line. `variables` adds to those of the file, name by name.
        environment: `SQL_LINEAGE_PURVIEW_<KEY>`, the key in capitals (`SQL_LINEAGE_PURVIEW_DATABASE`).

    Raises:
        ConfigurationError: an unknown key or an unusable value; the message names file and line.
    """
    file = find_configuration(start)
    settings = _from_file(file) if file else Settings()
    for given in (_from_environment(environment), arguments):
        settings = _overridden(settings, given)
    return settings


def _overridden(settings: Settings, given: Mapping[str, Any]) -> Settings:
    own = {key: value for key, value in given.items() if key not in _PURVIEW}
    purview = {key: value for key, value in given.items() if key in _PURVIEW}
    if "variables" in own:
        own["variables"] = tuple(sorted((dict(settings.variables) | dict(own["variables"])).items()))
    if "database" in own:
        own.setdefault("folders", ())  # who names the database here and now means all scripts
    return replace(settings, **own, purview=replace(settings.purview, **purview))


# --- values --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, for messages, and what its relative paths start from."""

    name: str
    folder: Path

    def error(self, wanted: str, value: object) -> ConfigurationError:
        return ConfigurationError(f"{self.name} must be {wanted}, not {value!r}.")


_Reader = Callable[[Any, _Place], object]
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _text(value: object, place: _Place) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise place.error("a text", value)


def _flag(value: object, place: _Place) -> bool:
    if isinstance(value, bool):
        return value
    raise place.error("true or false", value)


def _count(value: object, place: _Place) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise place.error("a whole number from 1", value)


def _path(value: object, place: _Place) -> Path:
    return (place.folder / _text(value, place)).resolve()


def _patterns(value: object, place: _Place) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(pattern, str) for pattern in value):
        return tuple(value)
    raise place.error("a list of patterns", value)


def _texts(value: object, place: _Place) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return tuple(sorted(value.items()))
    raise place.error("a table of names and texts", value)


def _catalogs(value: object, place: _Place) -> tuple[CatalogSettings, ...]:
    if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
        return tuple(catalog(text, place.folder) for text in value)
    raise place.error("a list of sources", value)


def catalog(text: str, folder: Path) -> CatalogSettings:
    """`SOURCE` or `DATABASE=SOURCE`; a file's path is relative to a folder. `purview` is the configured account.

    What stands before `=` is a database unless it could be a path; for a file with such a name, write `./a=b.json`.
    """
    database, separator, source = text.partition("=")
    if not separator or any(mark in database for mark in "/\\:"):
        database, source = "", text
    source = source.strip()
    if source.lower() == PURVIEW:
        return CatalogSettings(PURVIEW)
    if not is_address(source):
        source = str((folder / source).resolve())
    return CatalogSettings(source, database.strip() or None)


def _folders(value: object, place: _Place) -> tuple[tuple[Path, str], ...]:
    return tuple(((place.folder / folder).resolve(), database) for folder, database in _texts(value, place))


_PLAIN: dict[str, _Reader] = {
    "default_schema": _text,
    "database": _text,
    "case_sensitive": _flag,
    "exclude": _patterns,
    "variables": _texts,
    "jobs": _count,
    "keep_temporary": _flag,
    "folders": _folders,
    "catalogs": _catalogs,
}
_PURVIEW: dict[str, _Reader] = {
    "endpoint": _text,
    "path_prefix": _text,
    "scope": _text,
    "authority": _text,
    "owner": _text,
    "emulator_file": _path,
    "emulator_seed": _path,
    "batch_size": _count,
}
_DATABASE: dict[str, _Reader] = {"platform": _text, "server": _text, "database": _text, "instance": _text}
_PIN: dict[str, _Reader] = {"type": _text, "qualified_name": _text}
_TABLES = ("databases", "pins", "purview")
_SECRET = ("secret", "password", "token", "credential", "client_id", "tenant_id", "api_key")


# --- the file ------------------------------------------------------------------------------------------------------


def _from_file(file: ConfigurationFile) -> Settings:
    plain = {key: value for key, value in file.values.items() if key not in _TABLES}
    _known(file, file.values, (*_PLAIN, *_TABLES))
    values = _read(file, plain, _PLAIN)
    databases = [_named(file, _DATABASE, ("server",), "databases", name) for name in sorted(_table(file, "databases"))]
    pins = [_named(file, _PIN, tuple(_PIN), "pins", name) for name in sorted(_table(file, "pins"))]
    return Settings(
        **values,
        databases=tuple(DatabaseSettings(**row) for row in databases),
        pins=tuple(PinSettings(**row) for row in pins),
        purview=PurviewSettings(**_read(file, _table(file, "purview"), _PURVIEW, "purview")),
        base=file.path.parent,
    )


def _table(file: ConfigurationFile, *keys: str) -> Mapping[str, object]:
    value: object = file.values
    for key in keys:
        value = value.get(key, {}) if isinstance(value, Mapping) else {}
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{file.place(*keys)}: {'.'.join(keys)} must be a table: [{'.'.join(keys)}].")
    return value


def _read(file: ConfigurationFile, given: Mapping[str, object], readers: Mapping[str, _Reader], *section: str) -> dict[str, Any]:
    _known(file, given, readers, *section)
    folder = file.path.parent
    return {
        key: readers[key](value, _Place(f"{file.place(*section, key)}: {'.'.join((*section, key))}", folder))
        for key, value in given.items()
    }


def _named(file: ConfigurationFile, readers: Mapping[str, _Reader], needed: Iterable[str], *section: str) -> dict[str, Any]:
    """The values of one of several tables of a kind, `[kind.NAME]`, with its name."""
    values = _read(file, _table(file, *section), readers, *section)
    for key in needed:
        if key not in values:
            raise ConfigurationError(f"{file.place(*section)}: [{'.'.join(section)}] needs the key {key}.")
    return {"name": section[-1], **values}


def _known(file: ConfigurationFile, given: Iterable[str], known: Iterable[str], *section: str) -> None:
    known = list(known)
    for key in given:
        if key in known:
            continue
        full = ".".join((*section, key))
        raise ConfigurationError(f"{file.place(*section, key)}: unknown key {full!r}. {_advice(key, known)}")


def _advice(key: str, known: Iterable[str]) -> str:
    if any(word in key.lower() for word in _SECRET):
        return "Secrets do not belong in this file: sign in with the Azure CLI, or set AZURE_CLIENT_ID and its companions."
    near = difflib.get_close_matches(key.replace("-", "_").lower(), list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(known))}."


# --- the environment -----------------------------------------------------------------------------------------------


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, reader in (_PLAIN | _PURVIEW).items():
        name = ENVIRONMENT_PREFIX + key.upper()
        text = environment.get(name, "")
        if text and reader not in (_texts, _folders):
            found[key] = reader(_typed(reader, text), _Place(name, Path.cwd()))
    return found


def _typed(reader: _Reader, text: str) -> object:
    if reader is _flag:
        return _WORDS.get(text.lower(), text)
    if reader is _count:
        return int(text) if text.isdecimal() else text
    if reader in (_patterns, _catalogs):
        return [pattern.strip() for pattern in text.split(",") if pattern.strip()]
    return text
