"""Compare the lineage of views in database packages (.dacpac) with what the packages say.

    python bench/dacpac.py FILE.dacpac ... [--examples N]

The model of a package tells of each view column what it depends on. Where that is exactly one
column of a table or view, the tool's DIRECT sources of the view column must contain it. (A model
tells of a UNION the first branch alone, so more sources are no fault.) The tool looks through
functions: where the one column is that of a table-valued function, the column that the function
returns there is asked for, as far as the model tells; else the view column is left out and counted
as such.

Exit code: 0; 1 where a source is missing; 2 where a package cannot be read. This command imports
nothing of the package: it runs the installed tool.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as Xml

from inputs import BenchError, json_object, shaped
from names import name_parts
from runs import Target, scanned

Column = tuple[str, str]
_SPACE = "{http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02}"
_READ = frozenset({"SqlTable", "SqlExternalTable", "SqlView"})
_FUNCTIONS = frozenset({"SqlInlineTableValuedFunction", "SqlMultiStatementTableValuedFunction"})


@dataclass(slots=True)
class Model:
    """What a package says.

    `dependencies`: of each column of a view or function; `kinds`: of tables, views and functions.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    dependencies: dict[Column, tuple[Column, ...]] = field(default_factory=dict)

    def single_sources(self) -> Iterator[tuple[Column, Column | None]]:
        """Each view column that depends on one column only, and that column.

        None where a function hides it.
        """
        for column, sources in self.dependencies.items():
            if (
                self.kinds[column[0]] == "SqlView"
                and len(sources) == 1
                and sources[0][0] in self.kinds
            ):
                yield column, self._followed(sources[0])

    def _followed(self, column: Column) -> Column | None:
        """The column itself, or what the function returns in it.

        A function cannot call itself in its FROM.
        """
        if self.kinds[column[0]] in _READ:
            return column
        sources = self.dependencies.get(column, ())
        return (
            self._followed(sources[0])
            if len(sources) == 1 and sources[0][0] in self.kinds
            else None
        )


@dataclass(slots=True)
class Result:
    """The view columns of one package: all compared, hidden by a function, or without a source.

    These are all columns that were compared, those that a function hides, and those whose
    source is missing.
    """

    compared: int = 0
    hidden: list[Column] = field(default_factory=list)
    missing: list[tuple[Column, Column]] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        "dacpac.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "packages", type=Path, nargs="+", metavar="FILE", help="a database package (.dacpac)"
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=10,
        metavar="N",
        help="list up to N missing sources of a package (10)",
    )
    arguments = parser.parse_args(argv)
    missing = 0
    try:
        for package in arguments.packages:
            result = compare(load_model(package), _sources(package))
            missing += len(result.missing)
            print("\n".join(_report(package, result, arguments.examples)))
    except BenchError as error:
        print(f"dacpac: {error}", file=sys.stderr)
        return 2
    if missing:
        print(f"FAILED: {missing} sources are missing", file=sys.stderr)
    return 1 if missing else 0


def load_model(package: Path) -> Model:
    """What the package says about the columns of its views and functions.

    Raises:
        BenchError: it is no package.
    """
    try:
        with zipfile.ZipFile(package) as archive, archive.open("model.xml") as model:
            return _model(model)
    except (OSError, KeyError, zipfile.BadZipFile, Xml.ParseError) as error:
        raise BenchError(
            f"{package} cannot be read: {error}. Give a file that is a .dacpac."
        ) from error


def compare(model: Model, sources: Mapping[Column, frozenset[Column]]) -> Result:
    """Look for each single source among `sources`, the tool's DIRECT sources by target."""
    result = Result()
    for column, wanted in model.single_sources():
        if wanted is None:
            result.hidden.append(column)
            continue
        result.compared += 1
        if wanted not in sources.get(column, ()):
            result.missing.append((column, wanted))
    return result


def direct_sources(document: Any) -> dict[Column, frozenset[Column]]:
    """The DIRECT sources of each column of a lineage document."""
    found: dict[Column, set[Column]] = {}
    for edge in document["column_lineage"]:
        source, target = edge["source"], edge["target"]
        if edge["type"] == "DIRECT" and source["column"] and target["column"]:
            key = (_table(target["table"]), target["column"].lower())
            found.setdefault(key, set()).add((_table(source["table"]), source["column"].lower()))
    return {target: frozenset(columns) for target, columns in found.items()}


def _sources(package: Path) -> dict[Column, frozenset[Column]]:
    with tempfile.TemporaryDirectory() as work:
        document = scanned(Target(package.name, package), Path(work))
        hint = "The installed tool made it: is that of this checkout?"
        return shaped(document, json_object(document, hint), direct_sources, hint)


def _model(stream: IO[bytes]) -> Model:
    found = Model()
    for _, element in Xml.iterparse(stream):  # noqa: S314 - a package that the person who runs the bench has chosen
        kind = element.get("Type", "")
        if element.tag != f"{_SPACE}Element" or kind not in _READ | _FUNCTIONS:
            continue
        found.kinds[_table(element.get("Name", ""))] = kind
        for column in element.findall(
            f"{_SPACE}Relationship[@Name='Columns']/{_SPACE}Entry/{_SPACE}Element"
        ):
            if references := list(_references(column)):
                found.dependencies[_column(column.get("Name", ""))] = tuple(references)
        element.clear()
    return found


def _references(column: Xml.Element) -> Iterator[Column]:
    path = f"{_SPACE}Relationship[@Name='ExpressionDependencies']/{_SPACE}Entry/{_SPACE}References"
    for reference in column.findall(path):
        parts = name_parts(reference.get("Name", ""))
        # a type, another database, a scalar function, a variable
        outside = reference.get("ExternalSource") or len(parts) != 3
        yield ("", "") if outside else _column(reference.get("Name", ""))


def _column(name: str) -> Column:
    *table, column = name_parts(name)
    return ".".join(table), column


def _table(name: str) -> str:
    return ".".join(name_parts(name))


def _report(package: Path, result: Result, examples: int) -> Iterator[str]:
    hidden = f", {len(result.hidden):,} left out behind functions" if result.hidden else ""
    yield (
        f"{package.name}: {result.compared:,} view columns from one column, "
        f"{len(result.missing):,} missing{hidden}"
    )
    for (table, column), (source, of) in result.missing[:examples]:
        yield f"    {table}.{column} <- {source}.{of}"


if __name__ == "__main__":
    sys.exit(main())
