"""Data-tier applications (.dacpac, .bacpac): the model of a whole database.

A package is a zip archive whose `model.xml` lists every object; the bodies of modules stand in it
as text. Source:
https://learn.microsoft.com/sql/tools/sql-database-projects/concepts/data-tier-applications/overview.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as Xml

from msgspec import Struct, field

from ..model.limits import MODEL_BYTES, MODEL_OBJECTS, OBJECT_CHARACTERS, OBJECT_ELEMENTS
from ..model.names import Name, parse_name
from ..model.vocabulary import TableKind
from .schema import (
    ANY_TYPE,
    ColumnSchema,
    DatabaseSchema,
    ModuleSchema,
    TableSchema,
    period,
    told_name,
)

_MODEL = "model.xml"
_CHUNK = 1 << 16
_SPACE = "{http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02}"
_KINDS = {
    "SqlTable": TableKind.TABLE,
    "SqlExternalTable": TableKind.EXTERNAL_TABLE,
    "SqlView": TableKind.VIEW,
}
# of procedures, functions and triggers; of views
_BODIES = ("BodyScript", "QueryScript")


def read_package(file: IO[bytes]) -> DatabaseSchema:
    """The tables, types, synonyms and modules of a package.

    Indexes, permissions and the like move no rows and are left out.

    Args:
        file: the archive; it must be seekable. Only the model is unpacked.

    Raises:
        ValueError: it is no package, or its model is damaged or dangerous.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            # what it says of itself, but no more than that is ever unpacked
            if archive.getinfo(_MODEL).file_size > MODEL_BYTES:
                raise ValueError(f"its {_MODEL} is larger than {MODEL_BYTES >> 20} MB")
            with archive.open(_MODEL) as model:
                return _schema(model)
    except KeyError:
        raise ValueError(f"it holds no {_MODEL}") from None
    # An archive with a password is a RuntimeError, one of an unknown method a NotImplementedError.
    except (zipfile.BadZipFile, zlib.error, Xml.ParseError, EOFError, RuntimeError) as error:
        raise ValueError(f"it cannot be read ({error})") from None


def _schema(model: IO[bytes]) -> DatabaseSchema:
    tables: list[TableSchema] = []
    types: list[TableSchema] = []
    synonyms: list[tuple[Name, Name]] = []
    modules: list[ModuleSchema] = []
    for element in _elements(model):
        kind, name = element.get("Type", ""), element.get("Name", "")
        text = _text(element)
        if text:
            modules.append(ModuleSchema(parse_name(name), text))
        elif kind in _KINDS:
            tables.append(TableSchema(parse_name(name), _columns(element), _KINDS[kind]))
        elif kind == "SqlTableType":
            types.append(TableSchema(parse_name(name), _columns(element)))
        elif kind == "SqlSynonym" and (
            base := told_name(_script(element, "ForObjectScript") or "")
        ):
            synonyms.append((parse_name(name), base))
        if len(tables) + len(types) + len(synonyms) + len(modules) > MODEL_OBJECTS:
            raise ValueError(f"its {_MODEL} holds more than {MODEL_OBJECTS:,} objects")
    return DatabaseSchema(None, tuple(tables), tuple(types), tuple(synonyms), tuple(modules))


# --- the model, one object at a time --------------------------------------------------------------


class _Objects(Struct):
    """What the XML parser tells its events to.

    `queue` holds the objects that are complete; whoever takes them empties it.

    An object is an element of the third level, below DataSchemaModel and Model.
    """

    queue: list[Xml.Element] = field(default_factory=list)
    _depth: int = 0
    _elements: int = 0  # of the object that has begun
    _characters: int = 0
    _builder: Xml.TreeBuilder = field(default_factory=Xml.TreeBuilder)

    def doctype(self, *_: object) -> None:
        raise ValueError(
            "its model declares a document type, which none does and which could hold entities"
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth < 3:
            return
        self._elements += 1
        self._add(sum(map(len, attributes.values())))
        self._builder.start(tag, attributes)

    def data(self, text: str) -> None:
        if self._depth >= 3:
            self._add(len(text))
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if self._depth >= 3:
            self._builder.end(tag)
        if self._depth == 3:
            self.queue.append(self._builder.close())
            self._builder = Xml.TreeBuilder()
            self._elements = self._characters = 0
        self._depth -= 1

    def close(self) -> None:
        pass

    def _add(self, characters: int) -> None:
        self._characters += characters
        if self._elements > OBJECT_ELEMENTS or self._characters > OBJECT_CHARACTERS:
            raise ValueError(f"an object in its {_MODEL} is larger than any real one")


def _elements(model: IO[bytes]) -> Iterator[Xml.Element]:
    objects = _Objects()
    parser = Xml.XMLParser(target=objects)  # noqa: S314 - without a document type there are no entities
    # so that one object at a time is in memory, however large the model
    while chunk := model.read(_CHUNK):
        parser.feed(chunk)
        yield from (element for element in objects.queue if element.tag == f"{_SPACE}Element")
        objects.queue.clear()
    parser.close()


# --- what an object says --------------------------------------------------------------------------


def _text(element: Xml.Element) -> str | None:
    """The text of a module, from CREATE on: its head stands apart from its body.

    None: no module, or its text is not told.
    """
    head = next(
        (
            node.get("Value")
            for node in element.iter(f"{_SPACE}Property")
            if node.get("Name") == "HeaderContents"
        ),
        None,
    )
    if not head:
        return None
    body = next(filter(None, (_script(element, property_name) for property_name in _BODIES)), None)
    return head.lstrip() + body if body else None


def _columns(element: Xml.Element) -> tuple[ColumnSchema, ...]:
    return tuple(_column(column) for column in _related(element, "Columns"))


def _column(column: Xml.Element) -> ColumnSchema:
    generated = _property(column, "GeneratedAlwaysType")
    return ColumnSchema(
        parse_name(column.get("Name", "")).object,
        _data_type(column),
        _script(column, "ExpressionScript"),
        identity=_property(column, "IsIdentity") == "True",
        period=period(int(generated)) if generated.isdecimal() else None,
        hidden=_property(column, "IsHidden") == "True",
        rowguid=_property(column, "IsRowGuidColumn") == "True",
    )


def _data_type(column: Xml.Element) -> str:
    """`[nvarchar](40)`, `[decimal](18, 2)`, `[varchar](max)`, `[dbo].[Flag]`."""
    for specifier in _related(column, "TypeSpecifier"):
        reference = specifier.find(
            f"{_SPACE}Relationship[@Name='Type']/{_SPACE}Entry/{_SPACE}References"
        )
        name = "" if reference is None else reference.get("Name", "")
        sizes = [
            size
            for facet in ("Length", "Precision", "Scale")
            if (size := _property(specifier, facet))
        ]
        if _property(specifier, "IsMax") == "True":
            sizes = ["max"]
        return f"{name}({', '.join(sizes)})" if name and sizes else name or ANY_TYPE
    return ANY_TYPE  # computed: its expression says what it is


def _related(element: Xml.Element, relationship: str) -> list[Xml.Element]:
    return element.findall(
        f"{_SPACE}Relationship[@Name='{relationship}']/{_SPACE}Entry/{_SPACE}Element"
    )


def _property(element: Xml.Element, name: str) -> str:
    node = element.find(f"{_SPACE}Property[@Name='{name}']")
    return "" if node is None else node.get("Value") or ""


def _script(element: Xml.Element, name: str) -> str | None:
    """A text of SQL, which stands in a node of its own since it may have several lines."""
    # in elements within too: the body of a function stands in one of its own
    for node in element.iter(f"{_SPACE}Property"):
        if node.get("Name") == name:
            value = node.find(f"{_SPACE}Value")
            return (node.get("Value") if value is None else value.text) or ""
    return None
