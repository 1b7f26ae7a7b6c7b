"""bench/dacpac.py: what a package says of view columns, and do the tool's sources contain it?"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from dacpac import Model, compare, direct_sources, load_model, main

if TYPE_CHECKING:
    from pathlib import Path

SPACE = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"


def column(name: str, *sources: str, outside: str = "") -> str:
    entries = "".join(f'<Entry><References Name="{source}"/></Entry>' for source in sources)
    entries += (
        (f'<Entry><References ExternalSource="BuiltIns" Name="{outside}"/></Entry>')
        if outside
        else ""
    )
    return (
        f'<Entry><Element Type="SqlComputedColumn" Name="{name}">'
        f'<Relationship Name="ExpressionDependencies">{entries}</Relationship></Element></Entry>'
    )


def element(kind: str, name: str, *columns: str, query: str = "") -> str:
    """An object of a model. `query`: the body of a view, whose head is made from its name."""
    texts = (
        f'<Property Name="QueryScript"><Value><![CDATA[{query}]]></Value></Property>'
        '<Annotation Type="SysCommentsObjectAnnotation">'
        f'<Property Name="HeaderContents" Value="CREATE VIEW {name} AS "/></Annotation>'
    )
    body = f'<Relationship Name="Columns">{"".join(columns)}</Relationship>{texts if query else ""}'
    return f'<Element Type="{kind}" Name="{name}">{body}</Element>'


def package(place: Path, *elements: str) -> Path:
    file = place / "sales.dacpac"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "model.xml",
            "<DataSchemaModel "
            f'xmlns="{SPACE}"><Model>{"".join(elements)}</Model></DataSchemaModel>',
        )
    return file


TABLE = element(
    "SqlTable",
    "[dbo].[Sales]",
    '<Entry><Element Type="SqlSimpleColumn" Name="[dbo].[Sales].[Id]"/></Entry>',
    '<Entry><Element Type="SqlSimpleColumn" Name="[dbo].[Sales].[Net Amount]"/></Entry>',
)


def test_view_columns_of_exactly_one_column_are_asked_for(tmp_path: Path) -> None:
    model = load_model(
        package(
            tmp_path,
            TABLE,
            element(
                "SqlView",
                "[dbo].[v]",
                column("[dbo].[v].[One]", "[dbo].[Sales].[Net Amount]"),
                column("[dbo].[v].[Two]", "[dbo].[Sales].[Id]", "[dbo].[Sales].[Net Amount]"),
                column("[dbo].[v].[None]"),
                column("[dbo].[v].[Cast]", "[dbo].[Sales].[Id]", outside="[int]"),
                column("[dbo].[v].[Call]", "[dbo].[fn]"),
                column("[dbo].[v].[Elsewhere]", "[dbo].[Gone].[Id]"),
            ),
        )
    )

    assert list(model.single_sources()) == [(("dbo.v", "one"), ("dbo.sales", "net amount"))]


def test_a_function_is_looked_through_as_far_as_the_model_tells(tmp_path: Path) -> None:
    model = load_model(
        package(
            tmp_path,
            TABLE,
            element(
                "SqlInlineTableValuedFunction",
                "[dbo].[inner]",
                column("[dbo].[inner].[a]", "[dbo].[Sales].[Id]"),
            ),
            element(
                "SqlInlineTableValuedFunction",
                "[dbo].[outer]",
                column("[dbo].[outer].[b]", "[dbo].[inner].[a]"),
            ),
            element(
                "SqlMultiStatementTableValuedFunction", "[dbo].[steps]", column("[dbo].[steps].[c]")
            ),
            element(
                "SqlView",
                "[dbo].[v]",
                column("[dbo].[v].[Seen]", "[dbo].[outer].[b]"),
                column("[dbo].[v].[Hidden]", "[dbo].[steps].[c]"),
            ),
        )
    )

    assert dict(model.single_sources()) == {
        ("dbo.v", "seen"): ("dbo.sales", "id"),
        ("dbo.v", "hidden"): None,
    }


def test_a_source_among_several_is_enough_and_another_is_missing() -> None:
    model = Model(
        {"dbo.v": "SqlView", "dbo.s": "SqlTable", "dbo.f": "SqlMultiStatementTableValuedFunction"},
        {
            ("dbo.v", "a"): (("dbo.s", "a"),),
            ("dbo.v", "b"): (("dbo.s", "b"),),
            ("dbo.v", "c"): (("dbo.s", "c"),),
            ("dbo.v", "d"): (("dbo.f", "d"),),
        },
    )
    sources = {
        ("dbo.v", "a"): frozenset({("dbo.s", "a"), ("dbo.s", "x")}),
        ("dbo.v", "b"): frozenset({("dbo.s", "a")}),
    }

    result = compare(model, sources)

    assert (result.compared, result.hidden) == (3, [("dbo.v", "d")])
    assert result.missing == [(("dbo.v", "b"), ("dbo.s", "b")), (("dbo.v", "c"), ("dbo.s", "c"))]


def test_direct_sources_alone_count() -> None:
    def edge(kind: str, source: str, target: str | None) -> dict[str, object]:
        return {
            "type": kind,
            "source": {"table": "[dbo].[S]", "column": source},
            "target": {"table": "dbo.v", "column": target},
        }

    document = {
        "column_lineage": [
            edge("DIRECT", "A", "a"),
            edge("INDIRECT", "b", "a"),
            edge("INDIRECT", "c", None),
        ]
    }

    assert direct_sources(document) == {("dbo.v", "a"): frozenset({("dbo.s", "a")})}


def test_the_installed_tool_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = (
        column("[dbo].[v].[One]", "[dbo].[Sales].[Id]"),
        column("[dbo].[v].[Two]", "[dbo].[Sales].[Net Amount]"),
    )
    view = element(
        "SqlView", "[dbo].[v]", *columns, query="SELECT Id AS One, Id AS Two FROM dbo.Sales"
    )

    assert main([str(package(tmp_path, TABLE, view))]) == 1

    printed = capsys.readouterr()
    expected = (
        "sales.dacpac: 2 view columns from one column, 1 missing\n    dbo.v.two <- "
        "dbo.sales.net amount\n"
    )
    assert printed.out == expected
    assert "FAILED: 1 sources are missing" in printed.err


@pytest.mark.parametrize("content", [None, b"text", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_reported_in_a_sentence(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.dacpac"
    if content is not None:
        file.write_bytes(content)

    assert main([str(file)]) == 2
    assert "Give a file that is a .dacpac." in capsys.readouterr().err
