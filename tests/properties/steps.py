"""A drawn lineage as a query, and the steps that pass its columns on as they are."""

# SQL put together from names is what these tests are about

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from .drawing import Drawn, Operand
from .pen import Pen


@dataclass(frozen=True)
class Pipeline:
    """Statements that have run, and the query that gives the columns `names`.

    `common` are its expressions.

    `behind`: statements that run once the columns have been written.
    """

    select: str
    names: tuple[str, ...]
    common: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        return (f"WITH {', '.join(self.common)} " if self.common else "") + self.select


Step: TypeAlias = Callable[[Pen, Pipeline], Pipeline]


def first_query(pen: Pen, drawn: Drawn, *, union: bool = False) -> Pipeline:
    """The query over the sources.

    With `union` as two halves, each supplying some of the columns.
    """
    names = drawn.target.columns
    if not union:
        return Pipeline(_select(pen, drawn, names), names)
    middle = (len(names) + 1) // 2
    halves = [_select(pen, drawn, names[:middle]), _select(pen, drawn, names[middle:])]
    return Pipeline(" UNION ALL ".join(halves), names)


def _select(pen: Pen, drawn: Drawn, supplied: tuple[str, ...]) -> str:
    aliases = [pen.alias("s") for _ in drawn.sources]

    def column(operand: Operand) -> str:
        return f"{aliases[operand.source]}.{pen.name(operand.column)}"

    outputs = []
    for name, formula in zip(drawn.target.columns, drawn.formulas, strict=True):
        text = formula.text.format(*map(column, formula.operands)) if name in supplied else "NULL"
        outputs.append(f"{text} AS {pen.name(name)}")
    text = f"SELECT {', '.join(outputs)} FROM {pen.table(drawn.sources[0])} AS {aliases[0]}"
    for (inner, outer), source, alias in zip(
        drawn.joins, drawn.sources[1:], aliases[1:], strict=True
    ):
        text += f" LEFT JOIN {pen.table(source)} AS {alias} ON {column(inner)} = {column(outer)}"
    if drawn.filters:
        text += " WHERE " + " AND ".join(f"{column(operand)} > 0" for operand in drawn.filters)
    return text


def column_list(pen: Pen, names: tuple[str, ...], alias: str = "") -> str:
    return ", ".join((f"{alias}." if alias else "") + pen.name(name) for name in names)


def _over(pen: Pen, before: Pipeline, source: str, **changes: object) -> Pipeline:
    alias = pen.alias("d")
    select = f"SELECT {column_list(pen, before.names, alias)} FROM {source} AS {alias}"
    return replace(before, select=select, **changes)  # type: ignore[arg-type]  # the changes are fields of a Pipeline


# --- steps: each passes all columns on as they are ------------------------------------------------


def derived(pen: Pen, before: Pipeline) -> Pipeline:
    return _over(pen, before, f"({before.select})")


def derived_with_list(pen: Pen, before: Pipeline) -> Pipeline:
    alias = pen.alias("d")
    select = (
        f"SELECT {column_list(pen, before.names, alias)} FROM ({before.select}) AS {alias} "
        f"({column_list(pen, before.names)})"
    )
    return replace(before, select=select)


def common_table(pen: Pen, before: Pipeline) -> Pipeline:
    name = pen.alias("cte")
    return _over(pen, before, name, common=(*before.common, f"{name} AS ({before.select})"))


def common_table_with_list(pen: Pen, before: Pipeline) -> Pipeline:
    name = pen.alias("cte")
    return _over(
        pen,
        before,
        name,
        common=(*before.common, f"{name} ({column_list(pen, before.names)}) AS ({before.select})"),
    )


def selected_into_temporary(pen: Pen, before: Pipeline) -> Pipeline:
    name = "#" + pen.alias("t")
    alias = pen.alias("d")
    outputs = column_list(pen, before.names, alias)
    statement = f"{with_ctes(before)}SELECT {outputs} INTO {name} FROM ({before.select}) AS {alias}"
    return _over(pen, before, name, common=(), statements=(*before.statements, statement))


def filled(pen: Pen, before: Pipeline, name: str, create: str) -> Pipeline:
    insert = (
        f"{with_ctes(before)}INSERT INTO {name} ({column_list(pen, before.names)}) {before.select}"
    )
    return _over(pen, before, name, common=(), statements=(*before.statements, create, insert))


def temporary_table(pen: Pen, before: Pipeline) -> Pipeline:
    name = "#" + pen.alias("t")
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    return filled(pen, before, name, f"CREATE TABLE {name} ({columns})")


def transient_table(pen: Pen, before: Pipeline) -> Pipeline:
    name = "dbo." + pen.alias("w")
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    return _dropped(filled(pen, before, name, f"CREATE TABLE {name} ({columns})"), name)


def renamed_transient_table(pen: Pen, before: Pipeline) -> Pipeline:
    first, last = pen.alias("w"), pen.alias("w")
    alias = pen.alias("d")
    outputs = column_list(pen, before.names, alias)
    into = f"{with_ctes(before)}SELECT {outputs} INTO dbo.{first} FROM ({before.select}) AS {alias}"
    statements = (*before.statements, into, f"EXEC sp_rename 'dbo.{first}', '{last}'")
    return _dropped(
        _over(pen, before, f"dbo.{last}", common=(), statements=statements), f"dbo.{last}"
    )


def _dropped(pipeline: Pipeline, table: str) -> Pipeline:
    return replace(pipeline, behind=(*pipeline.behind, f"DROP TABLE {table}"))


def table_variable(pen: Pen, before: Pipeline) -> Pipeline:
    name = "@" + pen.alias("t")
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    return filled(pen, before, name, f"DECLARE {name} TABLE ({columns})")


def inline_function(pen: Pen, before: Pipeline) -> Pipeline:
    """Only over persistent tables: a function sees no temporary ones."""
    if before.statements:
        return before
    name = f"dbo.{pen.alias('fn')}"
    batch = f"CREATE FUNCTION {name} (@unused int) RETURNS TABLE AS RETURN ({before.query})"
    return _over(pen, before, f"{name}(1)", common=(), batches=(*before.batches, batch))


def multi_statement_function(pen: Pen, before: Pipeline) -> Pipeline:
    if before.statements:
        return before
    name, result = f"dbo.{pen.alias('fn')}", f"@{pen.alias('r')}"
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    insert = (
        f"{with_ctes(before)}INSERT INTO {result} ({column_list(pen, before.names)}) "
        f"{before.select}"
    )
    batch = (
        f"CREATE FUNCTION {name} () RETURNS {result} TABLE ({columns}) AS BEGIN {insert}; "
        "RETURN; END"
    )
    return _over(pen, before, f"{name}()", common=(), batches=(*before.batches, batch))


def with_ctes(before: Pipeline) -> str:
    return f"WITH {', '.join(before.common)} " if before.common else ""


STEPS: tuple[Step, ...] = (
    derived,
    derived_with_list,
    common_table,
    common_table_with_list,
    selected_into_temporary,
    temporary_table,
    table_variable,
    inline_function,
    multi_statement_function,
    transient_table,
)
