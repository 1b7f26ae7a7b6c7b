"""The tables of docs/configuration.md, made from the declarations of the settings.

What stands around them is written by hand. `test_pages.py` holds the page against this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...model.regex import regex
from .database_settings import DatabaseSettings, PinSettings
from .purview_settings import PublishSettings, PurviewSettings
from .setting_rows import settings_in
from .settings import LineageSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .setting_rows import Setting

SECTIONS: dict[str, type] = {
    "Reading scripts": Settings,
    "Databases": DatabaseSettings,
    "Pins": PinSettings,
    "Declared lineage": LineageSettings,
    "What is published": PublishSettings,
    "Purview": PurviewSettings,
}
"""Which settings the table of a section lists."""

_TABLE = regex(
    r"^\| key \|(?P<default> default \|)? meaning "
    r"\|\n\|[-|]+\|\n(?:\|.*\n)*",
    re.MULTILINE,
)


def with_tables(page: str) -> str:
    """The page with its tables as the settings are now."""
    preface, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return preface + "".join(map(_with_table, sections))


def _with_table(section: str) -> str:
    settings = SECTIONS.get(section.partition("\n")[0].removeprefix("## "))
    if settings is None:
        return section
    rows = settings_in(settings).values()
    return _TABLE.sub(
        lambda table: "".join(_lines(rows, with_defaults=bool(table["default"]))), section, 1
    )


def _lines(settings: Iterable[Setting], *, with_defaults: bool) -> Iterator[str]:
    heads = ["key", *(["default"] if with_defaults else []), "meaning"]
    yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    for setting in settings:
        default = [default_of(setting)] if with_defaults else []
        yield f"| {' | '.join([f'`{setting.key}`', *default, setting.meaning])} |\n"


def default_of(setting: Setting) -> str:
    """A setting's default as the page shows it."""
    match setting.default:
        case _ if setting.shown:
            return setting.shown
        case bool() as flag:
            return f"`{str(flag).lower()}`"
        case str() as text if text:
            return f'`"{text}"`'
        case int() | float() as number:
            return str(number)
        case () if setting.kind.schema["type"] == "array":
            return "`[]`"
        case _:
            return "none"
