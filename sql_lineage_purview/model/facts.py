"""Facts: what one file says, before any other file is known.

A file is compiled alone into `FileFacts`. Names stand as written, `*` and bare columns are left
open; the linker closes them with all other files and a catalogue. Every class here is frozen, holds
only tuples, and can be written as JSON.

A query is lowered to three nouns: *sources* (FROM), *outputs* (the select list) and *conditions*
(what decides which rows come). An expression is the set of its uses: which column, variable,
function or subquery takes part, and how.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from msgspec import Struct

from .diagnostics import Diagnostic, Span
from .names import Name
from .unread import UnreadKind
from .vocabulary import (
    Action,
    DependencyKind,
    ModuleKind,
    ObjectKind,
    StatementKind,
    Subtype,
    TableKind,
)

# --- expressions ----------------------------------------------------------------------------------


class ColumnRef(Struct, frozen=True, gc=False):
    """A column as written: `("c",)`, `("t", "c")`, `("dbo", "t", "c")`."""

    parts: tuple[str, ...]
    span: Span


class VariableRef(Struct, frozen=True, gc=False):
    """A scalar variable or parameter, with its @."""

    name: str


class Call(Struct, frozen=True, gc=False):
    """A scalar function of the user's, with its arguments.

    `method`: what it is where no function has this name, a method of a column:
    `area.STDistance(b)`. None: it can be none.
    """

    name: Name
    arguments: tuple[Expression, ...]
    span: Span
    method: Expression | None = None


class Subquery(Struct, frozen=True, gc=False):
    """A query inside an expression.

    `exists`: only whether it has rows matters, so its select list does not. `apart`: it sees
    nothing of the query around it.
    """

    query: Query
    exists: bool = False
    apart: bool = False


class Use(Struct, frozen=True, gc=False):
    """One operand of an expression, and how it takes part."""

    operand: ColumnRef | VariableRef | Call | Subquery
    subtype: Subtype


Expression: TypeAlias = tuple[Use, ...]

# --- queries --------------------------------------------------------------------------------------


class Output(Struct, frozen=True, gc=False):
    """A column of a select list; `name` is None where it has none.

    `generated`: it is IDENTITY(int, 1, 1) of SELECT INTO, so an INSERT without a column list passes
    it over.
    """

    name: str | None
    expression: Expression
    span: Span
    generated: bool = False


class Star(Struct, frozen=True, gc=False):
    """`*`, or `t.*` with its qualifier."""

    qualifier: tuple[str, ...]
    span: Span


class Condition(Struct, frozen=True, gc=False):
    """What decides which rows come: JOIN, FILTER, GROUP_BY or SORT.

    `contradiction`: none comes, as with `1 = 0`, `TOP (0)`.
    """

    subtype: Subtype
    expression: Expression
    contradiction: bool = False


class TableSource(Struct, frozen=True, gc=False):
    """A table, view, synonym, #temporary table or table @variable."""

    name: Name
    span: Span


class FunctionSource(Struct, frozen=True, gc=False):
    """A table-valued function of the user's."""

    name: Name
    arguments: tuple[Expression, ...]
    span: Span


class DocumentSource(Struct, frozen=True):
    """Rows made from a value: OPENJSON, OPENXML, nodes(), STRING_SPLIT.

    `columns` None: any column may be named.
    """

    expression: Expression
    columns: tuple[str, ...] | None


class FileSource(Struct, frozen=True):
    """A file: OPENROWSET(BULK …), COPY INTO, BULK INSERT.

    `columns` None: not said, so any may be named.
    """

    address: str
    data_source: str | None
    columns: tuple[str, ...] | None
    span: Span


class PivotSource(Struct, frozen=True):
    """The source `input PIVOT (aggregate FOR column IN (names))`.

    The names come out, what is used goes, and the rest stays.
    """

    input: Source
    aggregate: Expression
    column: ColumnRef
    names: tuple[str, ...]


class UnpivotSource(Struct, frozen=True):
    """`input UNPIVOT (value FOR name IN (columns))`."""

    input: Source
    value: str
    name: str
    columns: tuple[ColumnRef, ...]


class AssignedSource(Struct, frozen=True):
    """The table `inserted` in an OUTPUT clause.

    It has the columns of the target, of which those just assigned carry their new value.
    `by_position`: what another action assigns to all columns, without a list of them.
    """

    target: Name
    columns: tuple[str, ...] | None
    query: Query
    span: Span
    by_position: Query | None = None


class ScriptSource(Struct, frozen=True):
    """Rows that a script in another language makes of a query's rows and of parameters.

    `columns` None: any may be named.
    """

    query: Query | None
    parameters: Expression
    columns: tuple[str, ...] | None = None


class OpaqueSource(Struct, frozen=True):
    """A table source whose data flow is not known; a diagnostic says so."""

    what: str


TableExpression: TypeAlias = (
    "TableSource | FunctionSource | DocumentSource | FileSource | PivotSource | UnpivotSource | "
    "AssignedSource "
    "| ScriptSource | OpaqueSource | Query"
)


class Source(Struct, frozen=True, gc=False):
    """An item of FROM. `columns`: the column list of its alias.

    `lateral`: behind APPLY, so it sees the items before it.

    `rowset`: it is a function of the server, which may give other columns than the relation tells.
    """

    relation: TableExpression
    alias: str | None = None
    columns: tuple[str, ...] | None = None
    lateral: bool = False
    rowset: bool = False


class Select(Struct, frozen=True, gc=False):
    """One SELECT. `document`: FOR XML or FOR JSON makes one value of all outputs.

    `partial`: the text was not understood, and `sources` are the tables that its words name; its
    columns are not known. `grouped`: DISTINCT or GROUP BY, so a row of it is no row of one table.
    """

    outputs: tuple[Output | Star, ...]
    sources: tuple[Source, ...] = ()
    conditions: tuple[Condition, ...] = ()
    document: bool = False
    partial: bool = False
    grouped: bool = False


class Rows(Struct, frozen=True):
    """VALUES: rows of expressions."""

    rows: tuple[tuple[Expression, ...], ...]


class SetOperation(Struct, frozen=True):
    """UNION, EXCEPT or INTERSECT, by position. `all`: UNION ALL, which keeps every row as it is."""

    operator: str
    left: Query
    right: Query
    all: bool = False


class CommonTable(Struct, frozen=True):
    """A common table expression: `name (columns) AS (query)`."""

    name: str
    columns: tuple[str, ...] | None
    query: Query


@dataclass(frozen=True, slots=True)
class Query:
    """A query with the common table expressions that it sees."""

    body: Select | Rows | SetOperation
    ctes: tuple[CommonTable, ...] = ()


# --- strings that are put together ----------------------------------------------------------------


class Piece(Struct, frozen=True, cache_hash=True):
    """A piece of a string that is put together: a text.

    Or, where it is not `known`, what stands for it, as `${@table}`.

    `variable` is the parameter whose value stands there, which a caller may know; in brackets where
    it is `quoted`. `value`: the variable whose value it is, be it a parameter or not; `converted`:
    through CAST and the like, so that it is no name.
    """

    text: str
    known: bool = True
    variable: str | None = None
    quoted: bool = False
    value: str | None = None
    converted: bool = False


# One string that an expression may have.
Pattern: TypeAlias = tuple[Piece, ...]

# --- effects of a statement -----------------------------------------------------------------------


class ColumnFact(Struct, frozen=True):
    """A column of a definition.

    `computed` is its expression where it is a computed one; `generated`: the server supplies its
    value (IDENTITY, computed, hidden period columns), so an INSERT without a column list passes it
    over; `hidden`: a `*` does not stand for it. `dropped`: an ALTER TABLE drops it, so only older
    scripts name it; `added`: one adds it, so older scripts do not know it. `property`: IDENTITY or
    ROWGUIDCOL, by which `$IDENTITY` and `$ROWGUID` find it.
    """

    name: str
    computed: Expression = ()
    generated: bool = False
    hidden: bool = False
    dropped: bool = False
    added: bool = False
    property: str | None = None


class Write(Struct, frozen=True):
    """Rows or values of `query` go into `target`.

    `columns` are the target's, by position of the query's outputs; None: all columns of the target,
    or, where the write `creates` it (SELECT INTO, CTAS), the query's own. A query without outputs
    (DELETE) writes no value. `match`: columns go by name and not by position, the query's first of
    each pair into the target's second; where there are no pairs, each into the one of its own name.
    `action`: what it does to the target's rows.
    """

    target: Name
    columns: tuple[str, ...] | None
    query: Query
    span: Span
    creates: bool = False
    match: tuple[tuple[str, str], ...] | None = None
    action: Action = Action.INSERT


class Assign(Struct, frozen=True):
    """Scalar variables take the query's outputs, by position.

    `keeps`: it may find no row, and leave what they hold.
    """

    variables: tuple[str, ...]
    query: Query
    keeps: bool = False


class Result(Struct, frozen=True):
    """A result set that goes to the client, or to INSERT … EXEC."""

    query: Query


class EvaluateOnly(Struct, frozen=True):
    """A query that is only looked at.

    This is the condition of IF and WHILE, the row check of an EXISTS, or a PRINT.
    """

    query: Query


class Return(Struct, frozen=True):
    """RETURN of a scalar function's value."""

    query: Query


class Argument(Struct, frozen=True):
    """An argument of EXEC.

    `variable`: the plain variable that was passed, which an OUTPUT argument writes back to.

    `strings`: the strings that it may be, where that is known.
    """

    parameter: str | None
    expression: Expression
    variable: str | None = None
    output: bool = False
    strings: tuple[Pattern, ...] = ()


class Execute(Struct, frozen=True):
    """EXEC of a procedure.

    `into` and `columns` are the target of INSERT … EXEC, `match` as in `Write`.
    """

    procedure: Name
    arguments: tuple[Argument, ...]
    span: Span
    into: Name | None = None
    columns: tuple[str, ...] | None = None
    match: tuple[tuple[str, str], ...] | None = None


class ExecuteString(Struct, frozen=True):
    """EXEC of a string of which the text alone does not tell all.

    Of one without a pattern nothing is known.

    `into` and `columns` as in `Execute`.

    `shares`: it stands for a statement (`EXEC @procedure @a`), and so sees the variables around it.
    """

    pattern: Pattern
    span: Span
    into: Name | None = None
    columns: tuple[str, ...] | None = None
    server: str | None = None
    shares: bool = False


# Behind the name of a variable that an executed string has declared or been passed, among those of
# the text that executes it.
IN_STRING = " in the string"


# Behind the name of a variable of the text that executes a string, where the string holds its
# value.
OUTSIDE = " outside the string"


class EndString(Struct, frozen=True):
    """The end of an executed string: its variables, whose names end like this, are gone."""

    suffix: str = f"@{IN_STRING}"


class OpenCursor(Struct, frozen=True):
    """DECLARE … CURSOR FOR query."""

    name: str
    query: Query


class Fetch(Struct, frozen=True):
    """FETCH … INTO variables."""

    cursor: str
    variables: tuple[str, ...]
    span: Span


class Declare(Struct, frozen=True):
    """CREATE TABLE #t, DECLARE @t TABLE: a temporary table comes into being, empty.

    `like`: the table type of it.
    """

    name: Name
    columns: tuple[ColumnFact, ...]
    like: Name | None = None


class Compute(Struct, frozen=True):
    """The computed columns of a CREATE TABLE or ALTER TABLE.

    The server computes them from other columns, whenever these are written.

    `columns`: all that the statement defines; where it `creates` the table, its expressions name no
    others.
    """

    table: Name
    columns: tuple[ColumnFact, ...]
    creates: bool = False


class Discard(Struct, frozen=True):
    """DROP TABLE of a temporary one."""

    name: Name


class Create(Struct, frozen=True):
    """CREATE TABLE of a persistent table, which is empty then.

    Or of a view by a string that is executed (`columns` None).
    """

    name: Name
    columns: tuple[ColumnFact, ...] | None = None


class Drop(Struct, frozen=True):
    """DROP TABLE or DROP VIEW of a persistent one."""

    name: Name


class IfExists(Struct, frozen=True):
    """An IF asks nothing but whether an object exists.

    `names`: those that stand in its strings, none where it computes them.
    """

    names: tuple[Name, ...] = ()


class Rename(Struct, frozen=True):
    """RENAME OBJECT, sp_rename: what was `old` is from now on `new`."""

    old: Name
    new: Name


class RenameTemporary(Struct, frozen=True):
    """A renaming by `tempdb..sp_rename`.

    A temporary table, or a `column` of it, goes by another name from now on.
    """

    table: Name
    new: str
    column: str | None = None


class Switch(Struct, frozen=True):
    """ALTER TABLE … SWITCH: the rows of one table become those of another, column by column.

    `emptied`: the source has none afterwards; a switch of one partition leaves those of the others.
    """

    source: Name
    target: Name
    span: Span
    emptied: bool = False


class NextBatch(Struct, frozen=True):
    """GO: variables end here."""


class OpenSession(Struct, frozen=True):
    """The point from which statements run in a session of their own.

    They are a job's step, the query of a mail, or what bcp is given.
    """


class CloseSession(Struct, frozen=True):
    """The end of such a session."""


class Jump(Struct, frozen=True):
    """GOTO."""

    label: str


class Label(Struct, frozen=True):
    """Where a GOTO goes on."""

    name: str


class BeginTry(Struct, frozen=True):
    """BEGIN TRY."""


class BeginCatch(Struct, frozen=True):
    """BEGIN CATCH: its arm may begin behind any statement of the TRY."""


Effect: TypeAlias = (
    "Write | Assign | Result | EvaluateOnly | Return | Execute | ExecuteString | OpenCursor | "
    "Fetch | Declare | Compute | Discard "
    "| Create | Drop | IfExists | Rename | RenameTemporary | Switch | EndString | NextBatch | "
    "OpenSession | CloseSession | Jump "
    "| Label | BeginTry | BeginCatch"
)

# --- statements, modules, definitions -------------------------------------------------------------


class StatementFact(Struct, frozen=True):
    """One statement.

    `branch` are the numbers of the IF, WHILE and CATCH arms around it, outermost first; negative: a
    loop.

    `unreached`: no run comes to it, as behind a RETURN or under `IF 1 = 0`; it names what it names,
    and moves nothing.
    """

    kind: StatementKind
    span: Span
    reads: tuple[Name, ...] = ()
    writes: tuple[Name, ...] = ()
    calls: tuple[Name, ...] = ()
    effects: tuple[Effect, ...] = ()
    branch: tuple[int, ...] = ()
    database: str | None = None
    dynamic: bool = False
    unreached: bool = False


class Parameter(Struct, frozen=True):
    """A parameter of a module. `type_name` where it is of a user's type, which may be a table type.

    `default` is the string that it is where a call leaves it out.
    """

    name: str
    type_name: Name | None = None
    output: bool = False
    default: str | None = None


class ModuleFact(Struct, frozen=True):
    """A procedure, view, function or trigger, and its statements.

    `columns`: the column list of a view. `returns`: the table @variable of a multi-statement
    function, with its columns in a `Declare` that opens its body; `inline`: the one query of an
    inline function. `on`: the table of a trigger; `instead_of`: the actions whose place it takes.
    `dynamic`: a string that is executed creates it.
    """

    name: Name
    kind: ModuleKind
    span: Span
    body: tuple[StatementFact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[str, ...] | None = None
    query: Query | None = None
    returns: Name | None = None
    on: Name | None = None
    instead_of: tuple[Action, ...] = ()
    materialized: bool = False
    database: str | None = None
    dynamic: bool = False


class TableFact(Struct, frozen=True):
    """A table's definition. `columns` None where the text does not say them."""

    name: Name
    kind: TableKind
    columns: tuple[ColumnFact, ...] | None
    span: Span
    address: str | None = None
    data_source: str | None = None
    database: str | None = None


class ChangeFact(Struct, frozen=True):
    """ALTER TABLE … ADD, DROP COLUMN. One that does both gives a column another name."""

    name: Name
    span: Span
    added: tuple[ColumnFact, ...] = ()
    dropped: tuple[str, ...] = ()
    database: str | None = None


class HistoryFact(Struct, frozen=True):
    """A history table, by SYSTEM_VERSIONING = ON (HISTORY_TABLE = name).

    It keeps old rows of `base`, with the same columns.
    """

    name: Name
    base: Name
    span: Span
    database: str | None = None


class TypeFact(Struct, frozen=True):
    """CREATE TYPE … AS TABLE."""

    name: Name
    columns: tuple[ColumnFact, ...]
    database: str | None = None


class SynonymFact(Struct, frozen=True):
    """CREATE SYNONYM."""

    name: Name
    base: Name
    database: str | None = None


class DataSourceFact(Struct, frozen=True):
    """CREATE EXTERNAL DATA SOURCE: the address that relative locations start from."""

    name: str
    location: str


_NO_PLACE = Span()


class DependencyFact(Struct, frozen=True):
    """What names a table, and columns of it, without moving data: a key, an index, ALTER TABLE.

    `owner` and `label`: the table that it is part of, and its own name; of an ALTERATION, `label`
    is the key, index or column that it drops. `columns` of a foreign key are left out where it
    refers to the primary key. `inline`: it stands in the CREATE TABLE of the table that it names.
    `of`: what the target is, where it is no table.
    """

    kind: DependencyKind
    target: Name
    columns: tuple[str, ...] = ()
    owner: Name | None = None
    label: str = ""
    inline: bool = False
    span: Span = _NO_PLACE
    database: str | None = None
    of: ObjectKind | None = None


class ObjectFact(Struct, frozen=True):
    """CREATE of what holds no rows and runs no statement: a sequence, a type, a scheme."""

    kind: ObjectKind
    name: Name
    span: Span
    database: str | None = None


Definition: TypeAlias = (
    "TableFact | ChangeFact | HistoryFact | TypeFact | SynonymFact | DataSourceFact | "
    "DependencyFact | ObjectFact"
)


class DeclarationFact(Struct, frozen=True):
    """A comment that declares lineage.

    `columns` are pairs of source and target; without them an end may itself be a column.
    """

    source: Name
    target: Name
    columns: tuple[tuple[str, str], ...]
    span: Span
    database: str | None = None


class SuppressionFact(Struct, frozen=True):
    """A comment silences the findings of a code on a line."""

    code: str
    line: int
    span: Span


class FileFacts(Struct, frozen=True):
    """All that one file says.

    `items` stand in the order of the text. `unread` is what it is where it is no T-SQL.

    `disclosed`: of an executed string, its text as it may be seen.
    """

    encoding: str
    batches: int
    statements: int
    items: tuple[StatementFact | ModuleFact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    declarations: tuple[DeclarationFact, ...] = ()
    suppressions: tuple[SuppressionFact, ...] = ()
    unread: UnreadKind | None = None
    disclosed: str = ""


class SourceFile(Struct, frozen=True):
    """A file of a scan: its path, its facts, and the database that it belongs to.

    The path is relative to the root and has `/`; the database is the one it is configured to
    belong to.

    `reference`: it only tells of objects that other files refer to; what its own statements do is
    no part of the lineage. `fingerprint`: files of which it is equal have equal facts; "": it is
    not known.
    """

    path: str
    facts: FileFacts
    database: str | None = None
    reference: bool = False
    fingerprint: str = ""
