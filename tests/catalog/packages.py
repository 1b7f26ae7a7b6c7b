"""Small packages (.dacpac), written as DacFx writes them."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import quoteattr

_SPACE = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"


def package(*objects: str, doctype: str = "", name: str = "model.xml") -> bytes:
    """A package whose model holds these objects."""
    model = (
        f'<?xml version="1.0" encoding="utf-8"?>\n{doctype}<DataSchemaModel '
        f'FileFormatVersion="1.2" xmlns="{_SPACE}">\n'
        '<Header><CustomData Category="AnsiNulls"><Metadata Name="AnsiNulls" Value="True" '
        "/></CustomData></Header>\n"
        f"<Model>\n{''.join(objects)}</Model>\n</DataSchemaModel>\n"
    )
    return archive({name: model.encode(), "DacMetadata.xml": b"<DacType />"})


def archive(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return data.getvalue()


def element(kind: str, name: str, *inside: str) -> str:
    return f'<Element Type="{kind}" Name={quoteattr(name)}>{"".join(inside)}</Element>\n'


def related(name: str, *elements: str) -> str:
    entries = "".join(f"<Entry>{each}</Entry>" for each in elements)
    return f'<Relationship Name="{name}">{entries}</Relationship>'


def properties(**values: str) -> str:
    return "".join(f'<Property Name="{name}" Value="{value}" />' for name, value in values.items())


def script(name: str, text: str) -> str:
    return (
        f'<Property Name="{name}"><Value '
        f'QuotedIdentifiers="True"><![CDATA[{text}]]></Value></Property>'
    )


def simple(
    table: str,
    name: str,
    type_: str = "[int]",
    kind: str = "SqlSimpleColumn",
    size: str = "",
    **values: str,
) -> str:
    """A column; `size` are properties of its type, `values` its own."""
    reference = (
        '<Relationship Name="Type"><Entry><References ExternalSource="BuiltIns" '
        f'Name="{type_}" /></Entry></Relationship>'
    )
    specifier = f'<Element Type="SqlTypeSpecifier">{size}{reference}</Element>'
    return element(
        kind, f"{table}.[{name}]", properties(**values), related("TypeSpecifier", specifier)
    )


def computed(table: str, name: str, expression: str) -> str:
    return element("SqlComputedColumn", f"{table}.[{name}]", script("ExpressionScript", expression))


def table(name: str, *columns: str, kind: str = "SqlTable") -> str:
    """A table; a column is an element, or the plain name of one."""
    elements = (column if column.startswith("<") else simple(name, column) for column in columns)
    return element(kind, name, properties(IsAnsiNullsOn="True"), related("Columns", *elements))


def module(
    kind: str,
    name: str,
    head: str,
    body: str,
    *,
    nested: bool = False,
    script_name: str = "BodyScript",
) -> str:
    """A module, with its head in an annotation and its body apart from it.

    Functions have the body one floor below.
    """
    text = script(script_name, body)
    if nested:
        text = related("FunctionBody", element("SqlScriptFunctionImplementation", "", text))
    note = quoteattr(head, {"\n": "&#10;", "\r": "&#13;"})
    annotation = (
        '<Annotation Type="SysCommentsObjectAnnotation"><Property Name="HeaderContents" '
        f"Value={note} /></Annotation>"
    )
    return element(kind, name, text, annotation)


def view(name: str, query: str) -> str:
    return module(
        "SqlView", name, f"\r\nCREATE VIEW {name}\r\nAS", f"\n{query}", script_name="QueryScript"
    )


def procedure(name: str, body: str, parameters: str = "") -> str:
    return module("SqlProcedure", name, f"CREATE PROCEDURE {name} {parameters}\nAS", f"\n{body}")


def synonym(name: str, base: str) -> str:
    return element("SqlSynonym", name, script("ForObjectScript", base))
