"""The settings of a configuration file, and those of its profiles, which go before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..project_errors import ConfigurationError
from .database_patterns import checked_row
from .database_settings import DatabaseSettings, PinSettings
from .file_tables import check_keys, read_named, read_values, table_at
from .key_places import key_places
from .purview_settings import PublishSettings, PurviewSettings
from .setting_rows import settings_in
from .settings import LineageSettings, Settings

if TYPE_CHECKING:
    from .configuration import ConfigurationFile

TABLES_OF_PROFILES = ("databases", "pins", "purview", "publish")
TABLES = (*TABLES_OF_PROFILES, "lineage", "profiles")


def settings_of_file(file: ConfigurationFile) -> Settings:
    """The settings of a file without those of its profiles.

    Raises:
        ConfigurationError: an unknown key or an unusable value.
    """
    plain = {key: value for key, value in file.values.items() if key not in TABLES}
    check_keys(file, file.values, (*settings_in(Settings), *TABLES))
    values = read_values(file, plain, settings_in(Settings))
    pins = [_pin(file, "pins", name) for name in sorted(table_at(file, "pins"))]
    purview = read_values(file, table_at(file, "purview"), settings_in(PurviewSettings), "purview")
    publish = read_values(file, table_at(file, "publish"), settings_in(PublishSettings), "publish")
    return Settings(
        **values,
        databases=_databases(Settings(), file),
        pins=tuple(pins),
        purview=PurviewSettings(**purview),
        publish=PublishSettings(**publish),
        lineage=tuple(_lineage(file)),
        base=file.path.parent,
        configured=frozenset((*values, *purview)),
        places=key_places(file),
    )


def profiled(settings: Settings, file: ConfigurationFile, profile: str) -> Settings:
    """The settings with those of a profile before them.

    All profiles are read, so that none is found broken on its first day.

    Args:
        settings: Those of the file.
        file: Holds the profiles.
        profile: The name of the one that is chosen; empty: none is.

    Raises:
        ConfigurationError: there is no such profile, or one of them cannot be used.
    """
    names = sorted(table_at(file, "profiles"))
    profiles = {name: _overlaid(settings, file, name) for name in names}
    if not profile:
        return settings
    if profile not in profiles:
        raise no_profile(profile, str(file.path), names)
    return profiles[profile]


def no_profile(profile: str, place: str, names: list[str]) -> ConfigurationError:
    """The error of a profile that does not exist."""
    hint = (
        f"Known profiles: {', '.join(names)}."
        if names
        else (f"No configuration has profiles: [profiles.{profile}].")
    )
    return ConfigurationError(f"{place}: there is no profile {profile!r}. {hint}")


def _overlaid(settings: Settings, file: ConfigurationFile, name: str) -> Settings:
    """`[profiles.NAME]` holds keys of the file's top and of [purview], and tables of its own."""
    section = ("profiles", name)
    table = table_at(file, *section)
    top, account = settings_in(Settings), settings_in(PurviewSettings)
    check_keys(file, table, (*top, *account, *TABLES_OF_PROFILES), *section)
    plain = read_values(
        file, {key: value for key, value in table.items() if key in top}, top, *section
    )
    purview = read_values(
        file, {key: value for key, value in table.items() if key in account}, account, *section
    )
    purview |= read_values(file, table_at(file, *section, "purview"), account, *section, "purview")
    if "variables" in plain:
        plain["variables"] = tuple(
            sorted((dict(settings.variables) | dict(plain["variables"])).items())
        )
    pins = {pin.name: pin for pin in settings.pins}
    pins |= {pin: _pin(file, *section, "pins", pin) for pin in table_at(file, *section, "pins")}
    publish = read_values(
        file, table_at(file, *section, "publish"), settings_in(PublishSettings), *section, "publish"
    )
    return replace(
        settings,
        **plain,
        databases=_databases(settings, file, *section),
        pins=tuple(pins.values()),
        purview=replace(settings.purview, **purview),
        publish=replace(settings.publish, **publish),
        configured=settings.configured | plain.keys() | purview.keys(),
        places=(*settings.places, *key_places(file, *section)),
    )


def _databases(
    settings: Settings, file: ConfigurationFile, *section: str
) -> tuple[DatabaseSettings, ...]:
    """The databases of settings, with what a section of the file says otherwise of each."""
    rows = {row.name: row for row in settings.databases}
    written = {row.casefold(): row for row in rows}
    for name in table_at(file, *section, "databases"):
        database = rows.get(name)
        needed = () if database else _needed(file, *section, "databases", name)
        values = read_named(
            file, settings_in(DatabaseSettings), needed, *section, "databases", name
        )
        row = replace(database, **values) if database else DatabaseSettings(**values)
        place = file.place(*section, "databases", name)
        if written.setdefault(name.casefold(), name) != name:
            raise ConfigurationError(
                f'{place}: [databases."{name}"] stands there twice, as '
                f'"{written[name.casefold()]}" too; names differ in more than case.'
            )
        rows[name] = checked_row(row, f'{place}: [databases."{name}"]')
    return tuple(rows[name] for name in sorted(rows))


def _needed(file: ConfigurationFile, *section: str) -> tuple[str, ...]:
    """A database of Fabric stands in a workspace, any other on a server."""
    row = table_at(file, *section)
    # its values have not been checked yet: the platform may be a number
    return ("workspace", "item") if str(row.get("platform")).startswith("fabric") else ("server",)


def _pin(file: ConfigurationFile, *section: str) -> PinSettings:
    settings = settings_in(PinSettings)
    return PinSettings(**read_named(file, settings, settings, *section))


def _lineage(file: ConfigurationFile) -> Iterator[LineageSettings]:
    rows = file.values.get("lineage", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigurationError(
            f"{file.place('lineage')}: lineage must be a list of tables: [[lineage]]."
        )
    settings = settings_in(LineageSettings)
    for row, (line, alone) in zip(rows, file.rows("lineage", len(rows)), strict=True):
        values = read_values(alone, row, settings, "lineage")
        for key, setting in settings.items():
            if setting.is_required and key not in values:
                raise ConfigurationError(f"{file.path}:{line}: [[lineage]] needs the key {key}.")
        yield LineageSettings(file.path, line, **values)
