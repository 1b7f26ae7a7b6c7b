"""Where settings come from.

The order is arguments, the environment, a profile, the nearest configuration file, then the
defaults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .configuration_search import possible_configurations
from .kinds import Origin
from .purview_settings import PurviewSettings
from .setting_rows import ENVIRONMENT_PREFIX, settings_in
from .settings import Settings

if TYPE_CHECKING:
    from .setting_rows import Setting


def load_settings(
    start: Path | None = None,
    *,
    arguments: Mapping[str, object] = MappingProxyType({}),
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settle every setting by one precedence.

    The order is arguments > environment > the file's profile > nearest file > default.

    Args:
        start: the first scanned path; the configuration is searched from there upward. None: the
            current folder.
        arguments: settings by name, as given on the command line. `variables` adds to those of the
            file, name by name; `profile` chooses one.
        environment: `SQL_LINEAGE_PURVIEW_<KEY>`, the key in capitals
            (`SQL_LINEAGE_PURVIEW_DATABASE`).

    Raises:
        ConfigurationError: an unknown key or an unusable value; the message names file and line.
    """
    options: dict[str, Any] = dict(arguments)
    profile = options.pop("profile", "") or environment.get(f"{ENVIRONMENT_PREFIX}PROFILE", "")
    settings = _of_nearest_file(start or Path.cwd(), profile)
    for values in (_of_environment(environment), options):
        settings = _overridden(settings, values)
    return settings


def _of_nearest_file(start: Path, profile: str) -> Settings:
    if not profile and not any(possible_configurations(start)):
        return Settings()
    from .configuration import find_configuration  # noqa: PLC0415 - for those alone who have one
    from .file_settings import no_profile, profiled, settings_of_file  # noqa: PLC0415 - the same

    file = find_configuration(start)
    if file:
        return profiled(settings_of_file(file), file, profile)
    if profile:
        raise no_profile(profile, "configuration", [])
    return Settings()


def _overridden(settings: Settings, values: Mapping[str, Any]) -> Settings:
    account = settings_in(PurviewSettings)
    changes = {key: value for key, value in values.items() if key not in account}
    purview = {key: value for key, value in values.items() if key in account}
    if "variables" in changes:
        changes["variables"] = tuple(
            sorted((dict(settings.variables) | dict(changes["variables"])).items())
        )
    if "database" in changes:
        changes["places"] = tuple(row for row in settings.places if row[0] != ("database",))
        changes.setdefault("folders", ())  # who names the database here and now means all scripts
    return replace(
        settings,
        **changes,
        purview=replace(settings.purview, **purview),
        configured=settings.configured | values.keys(),
    )


def _of_environment(environment: Mapping[str, str]) -> dict[str, object]:
    settings = (settings_in(Settings) | settings_in(PurviewSettings)).values()
    return {
        setting.key: _of_text(setting, text)
        for setting in settings
        if setting.kind.from_text and (text := environment.get(setting.variable))
    }


def _of_text(setting: Setting, text: str) -> object:
    value = setting.kind.from_text(text) if setting.kind.from_text else text
    return setting.kind.read(value, Origin(setting.variable, Path.cwd()))
