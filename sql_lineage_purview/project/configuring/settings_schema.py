"""The JSON Schema of the configuration file, for editors: docs/settings.schema.json.

Source: https://json-schema.org/draft/2020-12 (TOML has the types of JSON, and dates, which no
setting takes)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ...model.regex import regex
from .database_settings import DatabaseSettings, PinSettings
from .purview_settings import PublishSettings, PurviewSettings
from .setting_rows import settings_in
from .settings import LineageSettings, Settings

if TYPE_CHECKING:
    from .setting_rows import Setting

Schema: TypeAlias = dict[str, Any]

# editors show a description as it is, and links of the page lead nowhere from there
_LINK = regex(r"\[([^\]]*)\]\([^)]*\)")
_IS_FABRIC = {"properties": {"platform": {"pattern": "^fabric"}}, "required": ["platform"]}


def settings_schema() -> Schema:
    """The schema of `sql-lineage-purview.toml`, and of `[tool.sql-lineage-purview]`."""
    tables = {
        "databases": _by_name(
            _table(DatabaseSettings)
            | {"if": _IS_FABRIC, "then": _needs("workspace", "item"), "else": _needs("server")}
        ),
        "pins": _by_name(_table(PinSettings)),
        "publish": _table(PublishSettings),
        "purview": _table(PurviewSettings),
    }
    # A profile says only what it has otherwise of a database; whether that is enough depends on the
    # rest of the file.
    of_profile = {**tables, "databases": _by_name(_table(DatabaseSettings))}
    profile = _object(_properties(Settings) | _properties(PurviewSettings) | of_profile)
    lineage = {"type": "array", "items": _table(LineageSettings)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of sql-lineage-purview",
        **_object(
            {**_properties(Settings), **tables, "lineage": lineage, "profiles": _by_name(profile)}
        ),
    }


def _table(settings: type) -> Schema:
    required = [row.key for row in settings_in(settings).values() if row.is_required]
    return _object(_properties(settings)) | (_needs(*required) if required else {})


def _properties(settings: type) -> Schema:
    return {row.key: _value(row) for row in settings_in(settings).values()}


def _value(setting: Setting) -> Schema:
    """What a key may hold. Only a default that could be written into the file is told."""
    schema = {**setting.kind.schema, "description": _LINK.sub(r"\1", setting.meaning)}
    if (
        not setting.shown
        and isinstance(setting.default, str | int | float)
        and setting.default != ""
    ):
        schema["default"] = setting.default
    return schema


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _by_name(table: Schema) -> Schema:
    return {"type": "object", "additionalProperties": table}


def _needs(*keys: str) -> Schema:
    return {"required": list(keys)}
