"""Where settings come from: arguments, the environment, a profile, the nearest configuration file, then the defaults."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...model.names import Name, parse_name
from ...model.secret_words import Literals
from ..errors import ConfigurationError
from .addresses import is_address
from .configuration import ConfigurationFile, find_configuration
from .settings import (
    PURVIEW,
    CatalogSettings,
    DatabaseSettings,
    LineageSettings,
    PinSettings,
    PublishSettings,
    PurviewSettings,
    Settings,
)

ENVIRONMENT_PREFIX = "SQL_LINEAGE_PURVIEW_"


def load_settings(start: Path, *, arguments: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Settle every setting by one precedence: arguments > environment > the file's profile > nearest file > default.

    Args:
        start: the first scanned path; the configuration is searched from there upward.
        arguments: settings by name, as given on the command line. `variables` adds to those of the file, name by name;
            `profile` chooses one.
        environment: `SQL_LINEAGE_PURVIEW_<KEY>`, the key in capitals (`SQL_LINEAGE_PURVIEW_DATABASE`).

    Raises:
        ConfigurationError: an unknown key or an unusable value; the message names file and line.
    """
    file = find_configuration(start)
    options: dict[str, Any] = dict(arguments)
    profile = options.pop("profile", None) or environment.get(f"{ENVIRONMENT_PREFIX}PROFILE") or None
    settings = _profiled(_from_file(file) if file else Settings(), file, profile)
    for values in (_from_environment(environment), options):
        settings = _overridden(settings, values)
    return settings


def _overridden(settings: Settings, values: Mapping[str, Any]) -> Settings:
    changes = {key: value for key, value in values.items() if key not in _PURVIEW}
    purview = {key: value for key, value in values.items() if key in _PURVIEW}
    if "variables" in changes:
        changes["variables"] = tuple(sorted((dict(settings.variables) | dict(changes["variables"])).items()))
    if "database" in changes:
        changes.setdefault("folders", ())  # who names the database here and now means all scripts
    return replace(settings, **changes, purview=replace(settings.purview, **purview))


# --- values --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, for messages, and what its relative paths start from."""

    name: str
    folder: Path

    def error(self, requirement: str, value: object) -> ConfigurationError:
        return ConfigurationError(f"{self.name} must be {requirement}, not {value!r}.")


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


def _number(value: object, place: _Place) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise place.error("a number above 0", value)


def _share(value: object, place: _Place) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise place.error("a number from 0 to 1", value)


def _one_of(*words: str) -> _Reader:
    def read(value: object, place: _Place) -> str:
        if value in words:
            return str(value)
        raise place.error(" or ".join(f'"{word}"' for word in words), value)

    return read


def _literals(value: object, place: _Place) -> Literals:
    return Literals(str(_one_of(*Literals)(value, place)))


def _path(value: object, place: _Place) -> Path:
    return (place.folder / _text(value, place)).resolve()


def _patterns(value: object, place: _Place) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(pattern, str) for pattern in value):
        return tuple(value)
    raise place.error("a list of patterns", value)


def _names(value: object, place: _Place) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(name, str) and name.strip() for name in value):
        return tuple(value)
    raise place.error("a list of names", value)


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


def _name(value: object, place: _Place) -> Name:
    text = _text(value, place)
    try:
        return parse_name(text)
    except ValueError:
        raise place.error("a name as a scan shows it, such as dbo.[Fact Sales]", value) from None


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
    "literals": _literals,
    "temporary_tables": _one_of("session", "procedure"),
    "folders": _folders,
    "catalogs": _catalogs,
    "linked_services": _texts,
}
_PURVIEW: dict[str, _Reader] = {
    "endpoint": _text,
    "path_prefix": _text,
    "scope": _text,
    "authority": _text,
    "credential": _text,
    "tenant_id": _text,
    "client_id": _text,
    "key_vault": _text,
    "key_vault_secret": _text,
    "instance_discovery": _flag,
    "ca_bundle": _path,
    "owner": _text,
    "emulator_file": _path,
    "emulator_seed": _path,
    "batch_size": _count,
    "max_request_bytes": _count,
    "rate": _number,
    "granularity": _one_of("table", "module", "statement"),
    "views": _one_of("process", "direct"),
    "sql_text": _flag,
    "parents": _flag,
    "repository": _text,
    "collection": _text,
    "prune": _flag,
    "prune_threshold": _share,
    "journal": _path,
    "assets": _path,
    "missing": _one_of("skip", "fail", "create"),
    "placeholder_cap": _count,
    "monitor": _one_of("otlp", "azure", "console"),
    "shrink_warning": _share,
}
_DATABASE: dict[str, _Reader] = {
    "platform": _text,
    "server": _text,
    "database": _text,
    "instance": _text,
    "workspace": _text,
    "item": _text,
    "collection": _text,
    "types": _names,
}
_PIN: dict[str, _Reader] = {"type": _text, "qualified_name": _text}
_LINEAGE: dict[str, _Reader] = {"source": _name, "target": _name, "columns": _texts}
_PUBLISH: dict[str, _Reader] = {"exclude": _patterns, "through": _flag}
_IN_PROFILES = ("databases", "pins", "purview", "publish")
_TABLES = (*_IN_PROFILES, "lineage", "profiles")
_SECRET = ("secret", "password", "token", "credential", "api_key")


# --- the file ------------------------------------------------------------------------------------------------------


def _from_file(file: ConfigurationFile) -> Settings:
    plain = {key: value for key, value in file.values.items() if key not in _TABLES}
    _known(file, file.values, (*_PLAIN, *_TABLES))
    values = _read(file, plain, _PLAIN)
    databases = [
        _named(file, _DATABASE, _needed(file, "databases", name), "databases", name) for name in sorted(_table(file, "databases"))
    ]
    pins = [_named(file, _PIN, tuple(_PIN), "pins", name) for name in sorted(_table(file, "pins"))]
    return Settings(
        **values,
        databases=tuple(DatabaseSettings(**row) for row in databases),
        pins=tuple(PinSettings(**row) for row in pins),
        purview=PurviewSettings(**_read(file, _table(file, "purview"), _PURVIEW, "purview")),
        publish=PublishSettings(**_read(file, _table(file, "publish"), _PUBLISH, "publish")),
        lineage=tuple(_lineage(file)),
        base=file.path.parent,
    )


def _lineage(file: ConfigurationFile) -> Iterator[LineageSettings]:
    rows = file.values.get("lineage", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigurationError(f"{file.place('lineage')}: lineage must be a list of tables: [[lineage]].")
    for row, (line, alone) in zip(rows, file.rows("lineage", len(rows)), strict=True):
        values = _read(alone, row, _LINEAGE, "lineage")
        for key in ("source", "target"):
            if key not in values:
                raise ConfigurationError(f"{file.path}:{line}: [[lineage]] needs the key {key}.")
        yield LineageSettings(values["source"], values["target"], values.get("columns", ()), file.path, line)


# --- profiles ------------------------------------------------------------------------------------------------------


def _profiled(settings: Settings, file: ConfigurationFile | None, chosen: str | None) -> Settings:
    """The settings with those of a profile before them. All profiles are read, so that none is found broken on its first day."""
    names = sorted(_table(file, "profiles")) if file else []
    profiles = {name: _overlaid(settings, file, name) for name in names} if file else {}
    if chosen is None:
        return settings
    if chosen not in profiles:
        hint = f"Known profiles: {', '.join(names)}." if names else f"No configuration has profiles: [profiles.{chosen}]."
        raise ConfigurationError(f"{file.path if file else 'configuration'}: there is no profile {chosen!r}. {hint}")
    return profiles[chosen]


def _overlaid(settings: Settings, file: ConfigurationFile, name: str) -> Settings:
    """`[profiles.NAME]` holds keys of the file's top and of [purview], and tables of its own."""
    section = ("profiles", name)
    table = _table(file, *section)
    _known(file, table, (*_PLAIN, *_PURVIEW, *_IN_PROFILES), *section)
    plain = _read(file, {key: value for key, value in table.items() if key in _PLAIN}, _PLAIN, *section)
    purview = _read(file, {key: value for key, value in table.items() if key in _PURVIEW}, _PURVIEW, *section)
    purview |= _read(file, _table(file, *section, "purview"), _PURVIEW, *section, "purview")
    if "variables" in plain:
        plain["variables"] = tuple(sorted((dict(settings.variables) | dict(plain["variables"])).items()))
    pins = {pin.name: pin for pin in settings.pins}
    for pin in _table(file, *section, "pins"):
        pins[pin] = PinSettings(**_named(file, _PIN, tuple(_PIN), *section, "pins", pin))
    return replace(
        settings,
        **plain,
        databases=_databases_of(settings, file, *section),
        pins=tuple(pins.values()),
        purview=replace(settings.purview, **purview),
        publish=replace(settings.publish, **_read(file, _table(file, *section, "publish"), _PUBLISH, *section, "publish")),
    )


def _databases_of(settings: Settings, file: ConfigurationFile, *section: str) -> tuple[DatabaseSettings, ...]:
    """The databases, with what a profile says otherwise of each."""
    rows = {row.name: row for row in settings.databases}
    for name in _table(file, *section, "databases"):
        database = rows.get(name)
        needed = () if database else _needed(file, *section, "databases", name)
        values = _named(file, _DATABASE, needed, *section, "databases", name)
        rows[name] = replace(database, **values) if database else DatabaseSettings(**values)
    return tuple(rows[name] for name in sorted(rows))


def _needed(file: ConfigurationFile, *section: str) -> tuple[str, ...]:
    """A database of Fabric stands in a workspace, any other on a server."""
    row = _table(file, *section)
    return ("workspace", "item") if str(row.get("platform")).startswith("fabric") else ("server",)


def _table(file: ConfigurationFile, *keys: str) -> Mapping[str, object]:
    value: object = file.values
    for key in keys:
        value = value.get(key, {}) if isinstance(value, Mapping) else {}
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{file.place(*keys)}: {'.'.join(keys)} must be a table: [{'.'.join(keys)}].")
    return value


def _read(file: ConfigurationFile, table: Mapping[str, object], readers: Mapping[str, _Reader], *section: str) -> dict[str, Any]:
    _known(file, table, readers, *section)
    folder = file.path.parent
    return {
        key: readers[key](value, _Place(f"{file.place(*section, key)}: {'.'.join((*section, key))}", folder))
        for key, value in table.items()
    }


def _named(file: ConfigurationFile, readers: Mapping[str, _Reader], needed: Iterable[str], *section: str) -> dict[str, Any]:
    """The values of one of several tables of a kind, `[kind.NAME]`, with its name."""
    values = _read(file, _table(file, *section), readers, *section)
    for key in needed:
        if key not in values:
            raise ConfigurationError(f"{file.place(*section)}: [{'.'.join(section)}] needs the key {key}.")
    return {"name": section[-1], **values}


def _known(file: ConfigurationFile, keys: Iterable[str], valid_keys: Iterable[str], *section: str) -> None:
    valid_keys = list(valid_keys)
    for key in keys:
        if key in valid_keys:
            continue
        full = ".".join((*section, key))
        raise ConfigurationError(f"{file.place(*section, key)}: unknown key {full!r}. {_advice(key, valid_keys)}")


def _advice(key: str, valid_keys: Iterable[str]) -> str:
    if any(word in key.lower() for word in _SECRET):
        return "Secrets do not belong in this file: sign in with the Azure CLI, or set AZURE_CLIENT_ID and its companions."
    near = difflib.get_close_matches(key.replace("-", "_").lower(), list(valid_keys), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(valid_keys))}."


# --- the environment -----------------------------------------------------------------------------------------------


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, reader in (_PLAIN | _PURVIEW).items():
        name = ENVIRONMENT_PREFIX + key.upper()
        text = environment.get(name, "")
        if text and reader not in (_texts, _folders):
            values[key] = reader(_typed(reader, text), _Place(name, Path.cwd()))
    return values


def _typed(reader: _Reader, text: str) -> object:
    if reader is _flag:
        return _WORDS.get(text.lower(), text)
    if reader is _count:
        return int(text) if text.isdecimal() else text
    if reader in (_number, _share):
        return float(text) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", text) else text
    if reader in (_patterns, _catalogs):
        return [pattern.strip() for pattern in text.split(",") if pattern.strip()]
    return text
