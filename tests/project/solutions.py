"""Solutions of database projects on disk, in both styles of project files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

OLD = (
    '<?xml version="1.0" encoding="utf-8"?><Project '
    'xmlns="http://schemas.microsoft.com/developer/msbuild/2003">{}</Project>'
)
NEW = (
    '<Project DefaultTargets="Build"><Sdk Name="Microsoft.Build.Sql" Version="1.0.0" />{}</Project>'
)
BUILD = r'<Build Include="**\*.sql" />'


def items(*elements: str) -> str:
    """A group of items."""
    return f"<ItemGroup>{''.join(elements)}</ItemGroup>"


def properties(**values: str) -> str:
    """A group of properties."""
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<PropertyGroup>{elements}</PropertyGroup>"


def reference(include: str, kind: str = "Project", **metadata: str) -> str:
    """A reference to a database, with what it says of it."""
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in metadata.items())
    return f'<{kind}Reference Include="{include}">{inside}</{kind}Reference>'


def variable(name: str, default: str = "", value: str = "$(SqlCmdVar__1)") -> str:
    """An SQLCMD variable of a project."""
    return (
        "<SqlCmdVariable "
        f'Include="{name}"><DefaultValue>{default}</DefaultValue>'
        f"<Value>{value}</Value></SqlCmdVariable>"
    )


def old(*elements: str, build: str = BUILD) -> str:
    """A project of the old style that builds all scripts below it."""
    return OLD.format(items(build, *elements))


def new(*elements: str) -> str:
    """A project of the new style."""
    return NEW.format(items(*elements))


def solution(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return root
