"""One file alone: its bytes to its facts.

    decode -> SQLCMD commands -> tokens -> batches (GO) -> statements -> facts

Whatever goes wrong inside one statement becomes a diagnostic of that statement, and the file goes
on.
"""

from __future__ import annotations

from operator import sub
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import ExecuteString, FileFacts
from ...model.limits import EXECUTED_CHARACTERS, LINKED_CHARACTERS, STATEMENT_SHARE_OF_STRINGS
from ...model.stack import deep
from ...model.unread import UnreadKind
from ..disclosure import disclosed
from ..reading.declarations import with_declarations
from ..reading.decode import decode
from ..reading.dialects import MOST, dialect_of, dialect_told, suspects
from ..reading.sqlcmd import Include
from ..reading.suppressions import with_suppressions
from ..strings.budget import Budget, current, may_execute, spending
from ..strings.executed import readable
from ..strings.folding import FoldedString
from .text_compiler import compile_executed, compile_text

# what compiling takes from a budget: characters built, tokens read, characters executed
Costs: TypeAlias = tuple[int, int, int]


class CompileOptions(Struct, frozen=True):
    """What the compilation of a file depends on, besides its bytes: the values of SQLCMD variables.

    `is_tsql`: it is known to be T-SQL, so that it is not taken for another dialect.
    """

    variables: tuple[tuple[str, str], ...] = ()
    is_tsql: bool = False


def compile_file(data: bytes, options: CompileOptions, include: Include) -> FileFacts:
    """Compile one file.

    Any bytes give facts, never an exception; a script of another dialect gives none but what it is.

    Args:
        data: the file's bytes.
        options: the values of SQLCMD variables.
        include: reads a file named by `:r`; raises FileNotFoundError where it is missing,
            PermissionError where it lies outside the scanned folder.
    """
    decoded = decode(data)
    if decoded.text is None:
        return FileFacts(decoded.encoding, 0, 0, diagnostics=decoded.diagnostics)
    text = decoded.text
    dialect = None if options.is_tsql else _dialect(text, options, include)
    if dialect:
        return FileFacts(decoded.encoding, 0, 0, diagnostics=decoded.diagnostics, unread=dialect)
    facts = _compiled(text, decoded.encoding, options, include)
    facts = replace(facts, diagnostics=decoded.diagnostics + facts.diagnostics)
    return with_suppressions(with_declarations(facts, text), text)


def _compiled(text: str, encoding: str, options: CompileOptions, include: Include) -> FileFacts:
    def compiled() -> FileFacts:
        # a long script may hold much SQL in strings, and has paid for it by its own length
        with spending(Budget(executing=EXECUTED_CHARACTERS + 4 * len(text))):
            return compile_text(text, encoding, dict(options.variables), include)

    return deep(compiled)


def _dialect(text: str, options: CompileOptions, include: Include) -> UnreadKind | None:
    """What a script is that is no T-SQL.

    Few scripts have the marks of another dialect: the head of these is read as T-SQL first.
    """
    dialect = dialect_told(text)
    marks = () if dialect else suspects(text)
    return dialect_of(marks, _compiled(text[:MOST], "", options, include)) if marks else dialect


class StringCompiler:
    """Compiles strings that are executed, once they are known.

    Those of one scan, of so many `statements`, have one budget.
    """

    def __init__(self, statements: int) -> None:
        self._budget = Budget(executing=LINKED_CHARACTERS + STATEMENT_SHARE_OF_STRINGS * statements)
        self._whole = self._budget.left

    @property
    def spent(self) -> float:
        """How much of the budget has been used, from 0 to 1."""
        shares = zip(self._budget.left, self._whole, strict=True)
        return max(1 - left / max(1, whole) for left, whole in shares)

    def __call__(self, text: str, execution: ExecuteString, database: str | None) -> FileFacts:
        """The facts of a string: dynamic statements, which have no places of their own.

        Args:
            text: the SQL.
            execution: the statement that executes it: what its result sets go into, and the server
                that runs it.
            database: the one in use there.
        """
        with spending(self._budget):
            if may_execute(len(text)):
                return compile_string(text, execution, database)
            finding = Diagnostic("SLP107", self._budget.taken_overrun(), Span())
            return FileFacts("", 0, 0, diagnostics=(finding,))

    def compiled(
        self, text: str, execution: ExecuteString, database: str | None
    ) -> tuple[FileFacts, Costs | None]:
        """The facts of a string, and what it took from the budget to know them.

        None where more was asked for than there was: with another budget the facts may be others.

        Args:
            text: the SQL.
            execution: as for `__call__`.
            database: as for `__call__`.
        """
        before, exceeded = self._budget.left, self._budget.exceeded
        facts = self(text, execution, database)
        building, reading, executing = map(sub, before, self._budget.left)
        is_within = self._budget.exceeded == exceeded
        return facts, (building, reading, executing) if is_within else None

    def may_take(self, costs: Costs) -> bool:
        """Is so much left of the budget as a string has cost before? It is taken from it."""
        return self._budget.take(costs)


def compile_string(text: str, execution: ExecuteString, database: str | None) -> FileFacts:
    """Compile a string that is executed; see `StringCompiler`."""
    string = FoldedString(
        text,
        execution.into,
        execution.columns,
        execution.server,
        certain=False,
        shares=execution.shares,
    )
    string = replace(string, pattern=execution.pattern)
    budget = current()

    def compiled() -> FileFacts:
        with spending(budget):
            return compile_executed(string, database, 1)

    return replace(readable(deep(compiled)), disclosed=disclosed(text))
