"""One file alone: its bytes to its facts.

    decode -> SQLCMD commands -> tokens -> batches (GO) -> statements (our grammar) -> forms -> facts

Whatever goes wrong inside one statement becomes a diagnostic of that statement, and the file goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

from ..model.diagnostics import Diagnostic, Gap, Span
from ..model.facts import (
    Definition,
    Effect,
    Execute,
    ExecuteString,
    FileFacts,
    ModuleFact,
    NextBatch,
    Query,
    Result,
    Rows,
    StatementFact,
    TableFact,
    Write,
)
from ..model.names import RESERVED, Name, is_left_open
from ..model.stack import deep
from ..model.vocabulary import ModuleKind, StatementKind
from .constants import Constants
from .decode import decode
from .folding import FoldedString
from .forms import known_start, lower
from .forms.base import Form, word
from .forms.execute import execute, takes_arguments
from .forms.variables import condition
from .jumps import repeated
from .layout import laid_out, on_one_line
from .lexer import Kind, Source, Token
from .modules import Header, read_header
from .queries import read_query, words_query
from .reader import Reader, TooSlowError
from .sqlcmd import Include, read_commands
from .statements import Block, Conditional, Leaf, ModuleNode, Node, cut
from .words import name_at

T = TypeVar("T")
Fact: TypeAlias = StatementFact | ModuleFact

STATEMENT_SECONDS = 20.0  # how long the lowering of one statement may take
_UNREAD = frozenset({"SLP101", "SLP104", "SLP105"})
_LAID_OUT = 50  # statements of a file
_NESTED_STRINGS = 8
_NESTED_BRANCHES = 200  # deeper arms count as the one around them


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """What the compilation of a file depends on, besides its bytes: the values of SQLCMD variables."""

    variables: tuple[tuple[str, str], ...] = ()


def compile_file(data: bytes, options: CompileOptions, include: Include) -> FileFacts:
    """Compile one file. Any bytes give facts, never an exception.

    Args:
        data: the file's bytes.
        options: the values of SQLCMD variables.
        include: reads a file named by `:r`; raises FileNotFoundError where it is missing, PermissionError where it lies
            outside the scanned folder.
    """
    decoded = decode(data)
    if decoded.text is None:
        return FileFacts(decoded.encoding, 0, 0, diagnostics=decoded.diagnostics)
    text = decoded.text
    facts = deep(lambda: _Compiler(text, options, include).run(decoded.encoding))
    return FileFacts(
        facts.encoding, facts.batches, facts.statements, facts.items, facts.definitions, decoded.diagnostics + facts.diagnostics
    )


def compile_string(text: str, execution: ExecuteString, database: str | None) -> FileFacts:
    """Compile a string that is executed, once it is known: facts of dynamic statements, which have no places of their own.

    Args:
        text: the SQL.
        execution: the statement that executes it: what its result sets go into, and the server that runs it.
        database: the one in use there.
    """
    string = FoldedString(text, execution.into, execution.columns, execution.server, certain=False)
    return _readable(deep(lambda: _executed(string, database, 1)))


def _executed(string: FoldedString, database: str | None, depth: int) -> FileFacts:
    inner = _Compiler(string.text, CompileOptions(), _no_file, database=database, depth=depth, server=string.server)
    facts = inner.run("")
    if string.server and any(found.rule.gap is Gap.SYNTAX for found in facts.diagnostics):
        message = f"the string that {string.server} runs is in another language"
        return replace(facts, items=(), definitions=(), diagnostics=(Diagnostic("SLP103", message, Span()),))
    diagnostics = [replace(found, message=f"in the executed string: {found.message}") for found in facts.diagnostics]
    items: list[Fact] = []
    for fact in facts.items:
        if isinstance(fact, ModuleFact):
            if not string.server and not is_left_open(string.text):
                items.append(replace(fact, body=tuple(replace(one, dynamic=True) for one in fact.body), dynamic=True))
            else:
                message = (
                    f"{fact.name}: a module that a string creates is not followed on another server, or where a part is unknown"
                )
                diagnostics.append(Diagnostic("SLP302", message, Span()))
            continue
        effects = tuple(_delivered(effect, string) for effect in fact.effects)
        writes = fact.writes
        if string.into and any(isinstance(effect, Result) for effect in fact.effects):
            writes = (*writes, string.into)
        items.append(replace(fact, effects=effects, writes=writes, dynamic=True))
    definitions = () if string.server else facts.definitions
    return replace(facts, items=tuple(items), definitions=definitions, diagnostics=tuple(diagnostics))


def _without_clauses(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """A statement without what stands where no value or name can (`FROM t ${@where}`), and what of that is to be told."""
    added: list[Token] = []
    told: list[Token] = []
    for before, token in pairwise(tokens):
        if token.kind is Kind.STRING or not token.value.startswith("${") or not _ends_operand(before):
            continue
        added.append(token)
        if before.kind is not Kind.NUMBER or before.end < token.start:  # 1${…}: more of a list of numbers
            told.append(token)
    return [token for token in tokens if token not in added] if added else tokens, told


def _ends_operand(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return token.upper == ")"
    return token.kind is not Kind.WORD or token.value.lower() not in RESERVED


def _readable(facts: FileFacts) -> FileFacts:
    """Without the statements that cannot be read: the string may never be run like this, so nothing is claimed of them."""
    misread = [found.span for found in facts.diagnostics if found.rule.gap is Gap.SYNTAX]
    if not misread:
        return facts
    items = tuple(fact for fact in facts.items if not any(fact.span.holds(span) for span in misread))
    kept = tuple(found for found in facts.diagnostics if found.rule.gap is not Gap.SYNTAX)
    gap = Diagnostic("SLP301", "a part of the SQL that is executed cannot be read", Span())
    return replace(facts, items=items, diagnostics=(*kept, gap))


def _no_file(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


@dataclass(slots=True)
class _Scope:
    """Where a statement stands: its module's trigger table, and the arms of IF, WHILE and TRY around it."""

    on: Name | None = None
    branch: tuple[int, ...] = ()


@dataclass(slots=True)
class _Compiler:
    text: str
    options: CompileOptions
    include: Include
    source: Source = field(init=False)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    statements: int = 0
    arms: int = 0
    database: str | None = None
    used: str = ""  # the database that a USE of this text has named
    constants: Constants = field(default_factory=Constants)
    depth: int = 0
    unread: int = 0
    server: str | None = None  # the linked server that runs the text
    schema: str | None = None  # CREATE SCHEMA makes the objects behind it its own
    cursors: dict[str, Query] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)  # of the cursors, those over temporary tables
    created: list[ModuleFact] = field(default_factory=list)  # by strings
    shared: dict[Any, Any] = field(default_factory=dict)

    def run(self, encoding: str) -> FileFacts:
        commands = read_commands(self.text, dict(self.options.variables), self.include)
        self.source = Source(commands.text, commands.variables)
        self.diagnostics += commands.diagnostics
        items: list[Fact] = []
        batches = 0
        for batch in self.source.batches():
            batches += 1
            if items:
                items.append(StatementFact(StatementKind.OTHER, Span(), effects=(NextBatch(),), database=self.database))
            self.constants, self.schema = Constants(), None
            for index, node in enumerate(cut(batch)):
                self._node(node, _Scope(), items, first=index == 0)
        items += self.created
        self.diagnostics += self.source.diagnostics
        for name, span in self.source.undefined.items():
            self.diagnostics.append(Diagnostic("SLP401", f"$({name}) has no value", span))
        return FileFacts(encoding, batches, self.statements, tuple(items), tuple(self.definitions), tuple(self.diagnostics))

    def _node(self, node: Node, scope: _Scope, facts: list[Fact], *, first: bool = False) -> None:
        """Add the facts of one node to those before it."""
        if isinstance(node, Leaf):
            facts += self._leaf(node, scope, first=first)
        elif isinstance(node, Conditional):
            self._conditional(node, scope, facts)
        elif isinstance(node, Block):
            self._block(node, scope, facts)
        else:
            facts += self._module(node)

    def _arm(self, nodes: list[Node], scope: _Scope, facts: list[Fact], *, branching: bool, looping: bool = False) -> None:
        if branching and len(scope.branch) < _NESTED_BRANCHES:
            self.arms += 1
            scope = _Scope(scope.on, (*scope.branch, -self.arms if looping else self.arms))
        self._sequence(nodes, scope, facts)

    def _sequence(self, nodes: list[Node], scope: _Scope, facts: list[Fact]) -> None:
        """Statements in their order; what a GOTO goes back over is a loop."""
        at = 0
        for start, end in repeated(nodes):
            for node in nodes[at:start]:
                self._node(node, scope, facts)
            self.arms += 1
            again = _Scope(scope.on, (*scope.branch, -self.arms))
            for node in nodes[start:end]:
                self._node(node, again, facts)
            at = end
        for node in nodes[at:]:
            self._node(node, scope, facts)

    def _block(self, node: Block, scope: _Scope, facts: list[Fact]) -> None:
        if not node.closed:
            self._report("SLP102", "the block that begins here has no END", [node.keyword])
        # What TRY does is done unless it fails, so only CATCH is a branch of its own.
        self._arm(node.arms[0], scope, facts, branching=False)
        for arm in node.arms[1:]:
            facts.append(StatementFact(StatementKind.OTHER, Span(), branch=scope.branch, database=self.database))
            tried = self.constants.values
            self.constants.values = dict(tried)
            self._arm(arm, scope, facts, branching=True)
            self.constants.either((tried, self.constants.values), self.constants.choice([node.keyword]))

    def _conditional(self, node: Conditional, scope: _Scope, facts: list[Fact]) -> None:
        self.statements += 1
        kind = StatementKind.IF if node.keyword.upper == "IF" else StatementKind.WHILE
        reader = self._reader(scope)
        effect = self._guarded(reader, node.condition, lambda: condition(reader, node.condition))
        end = node.condition[-1].end if node.condition else node.keyword.end
        span = self.source.span(node.keyword.start, end)
        facts.append(self._fact(reader, kind, span, (effect,) if effect else (), scope))
        before = self.constants.values
        looping = kind is StatementKind.WHILE or any(arm < 0 for arm in scope.branch)
        choice = self.constants.choice([node.keyword] if looping else node.condition)
        ends = []
        for arm in node.arms:
            self.constants.values = dict(before)
            self._arm(arm, scope, facts, branching=True, looping=kind is StatementKind.WHILE)
            ends.append(self.constants.values)
        self.constants.either(ends if len(ends) > 1 else [*ends, before], choice)

    def _leaf(self, node: Leaf, scope: _Scope, *, first: bool) -> list[Fact]:
        tokens = node.tokens
        self.statements += 1
        if word(tokens, 0) == "USE" and len(tokens) > 1:
            self.database = self.used = tokens[1].value
            return []
        if word(tokens, 0) == "CREATE" and word(tokens, 1) == "SCHEMA" and first:
            named, _ = name_at(tokens, 2 + (word(tokens, 2) == "AUTHORIZATION"))
            self.schema = named.last if named else None
        if not node.closed:
            self._report("SLP102", "a parenthesis of this statement is never closed", tokens)
        tokens, unknown = _without_clauses(tokens) if self.depth else (tokens, [])
        reader = self._reader(scope)
        form = self._guarded(reader, tokens, lambda: self._lowered(reader, tokens, first=first))
        in_loop = any(arm < 0 for arm in scope.branch)
        self.constants.follow(tokens, branching=in_loop, looping=in_loop)
        if form is None and not (reader.reads or reader.writes or reader.calls):
            return []
        for token in unknown:
            self._report("SLP301", f"{token.value}: a part of the statement that is not known", [token])
        kind = form.kind if form else StatementKind.OTHER
        span = self.source.span(tokens[0].start, tokens[-1].end)
        facts: list[Fact] = [self._fact(reader, kind, span, form.effects if form else (), scope)]
        for string in reader.strings:
            facts += self._string(string, tokens, scope)
        if reader.after:
            facts.append(self._fact(self._reader(scope), StatementKind.OTHER, span, tuple(reader.after), scope))
        return facts

    def _string(self, string: FoldedString, tokens: list[Token], scope: _Scope) -> list[StatementFact]:
        """The statements of a string that is executed, at the place of its EXEC."""
        if self.depth > _NESTED_STRINGS:
            self._report("SLP301", "strings that execute strings, too deep to follow", tokens)
            return []
        facts = _executed(string, self.database, self.depth + 1)
        if not string.certain:
            facts = _readable(facts)
        span = self.source.span(tokens[0].start, tokens[-1].end)
        self.diagnostics += [replace(found, span=span) for found in facts.diagnostics]
        for definition in facts.definitions:
            self.definitions.append(replace(definition, span=span) if isinstance(definition, TableFact) else definition)
        for fact in facts.items:
            if isinstance(fact, ModuleFact):
                body = tuple(replace(one, span=span) for one in fact.body)
                self.created.append(replace(fact, span=span, body=body, database=fact.database or self.database))
        return [replace(fact, span=span, branch=scope.branch) for fact in facts.items if isinstance(fact, StatementFact)]

    def _lowered(self, reader: Reader, tokens: list[Token], *, first: bool) -> Form | None:
        if first and tokens[0].name:
            name, end = name_at(tokens, 0)
            if name and not known_start(tokens[0].upper) and takes_arguments(tokens[end:]):
                return execute(reader, tokens, ())  # at the start of a batch EXEC may be left out
        return lower(reader, tokens)

    def _guarded(self, reader: Reader, tokens: list[Token], work: Callable[[], T]) -> T | None:
        """Run the lowering of one statement; what it raises costs only this statement."""
        try:
            return work()
        except TooSlowError:
            reader.report("SLP105", f"given up after {STATEMENT_SECONDS} seconds", tokens)
            words_query(reader, tokens)
            return None
        except Exception as error:  # a defect of ours or of the library: the file goes on
            message = f"the tool failed on this statement ({type(error).__name__}: {str(error)[:120]})"
            reader.report("SLP104", message, tokens)
            words_query(reader, tokens)
            return None
        finally:
            self.diagnostics += [self._shown(found, tokens) for found in reader.diagnostics]
            self.definitions += [
                replace(found, name=self._placed(found.name)) if isinstance(found, TableFact) else found
                for found in reader.definitions
            ]

    def _placed(self, name: Name) -> Name:
        """The name of an object that is made here."""
        return Name((self.schema, *name.parts)) if self.schema and len(name.parts) == 1 and not name.temporary else name

    def _shown(self, found: Diagnostic, tokens: list[Token]) -> Diagnostic:
        """A diagnostic with its statement laid out, where the statement could not be read."""
        if found.code not in _UNREAD or self.depth:  # of an executed string its EXEC is shown
            return found
        self.unread += 1  # a file of which nothing can be read must not take minutes to say so
        show = laid_out if self.unread <= _LAID_OUT else on_one_line
        return replace(found, statement=show(self.source.text, tokens))

    def _reader(self, scope: _Scope) -> Reader:
        deadline = time.monotonic() + STATEMENT_SECONDS
        return Reader(
            self.source,
            on=scope.on,
            database=self.database,
            server=self.server,
            server_database=self.used if self.server else "",
            constants=self.constants,
            cursors=self.cursors,
            filled=self.filled,
            deadline=deadline,
        )

    def _report(self, code: str, message: str, tokens: list[Token]) -> None:
        self.diagnostics.append(Diagnostic(code, message, self.source.span(tokens[0].start, tokens[-1].end)))

    def _fact(self, reader: Reader, kind: StatementKind, span: Span, effects: tuple[Effect, ...], scope: _Scope) -> StatementFact:
        reads, writes, calls = (self._same(tuple(names)) for names in (reader.reads, reader.writes, reader.calls))
        effects = tuple(self._lean(effect) for effect in effects)
        return StatementFact(kind, span, reads, writes, calls, effects, scope.branch, self.database)

    def _lean(self, effect: Effect) -> Effect:
        """A script may insert a hundred thousand rows of constants, and each statement says the same of the same table."""
        if not (isinstance(effect, Write) and isinstance(effect.query.body, Rows)) or any(map(any, effect.query.body.rows)):
            return effect
        return replace(
            effect, target=self._same(effect.target), columns=self._same(effect.columns), query=self._same(effect.query)
        )

    def _same(self, value: T) -> T:
        """The first of all equal values, so that they are held once."""
        first: T = self.shared.setdefault(value, value)
        return first

    # --- modules ----------------------------------------------------------------------------------------------------

    def _module(self, node: ModuleNode) -> list[Fact]:
        self.statements += 1
        reader = self._reader(_Scope())
        header = self._guarded(reader, node.header, lambda: read_header(reader, node))
        whole = node.header + node.body
        span = self.source.span(whole[0].start, whole[-1].end)
        if header is None:
            self._report("SLP101", "a module without a name", node.header)
            return []
        header = replace(header, name=self._placed(header.name))
        if header.inline:
            return [self._inline(node, header, span)]
        if word(node.body, 0) == "EXTERNAL":
            self._report(
                "SLP103", f"{header.name}: its body is an assembly, so what it reads and writes is not known", node.header
            )
        scope = _Scope(header.on)
        self.cursors, self.filled = {}, set()
        self.constants = Constants.of(parameter.name for parameter in header.parameters)
        body: list[Fact] = []
        self._sequence(node.statements, scope, body)
        facts = [fact for fact in body if isinstance(fact, StatementFact)]
        if header.declares:
            facts.insert(0, StatementFact(StatementKind.OTHER, span, effects=(header.declares,)))
        return [
            ModuleFact(
                header.name,
                ModuleKind(node.kind),
                span,
                tuple(facts),
                header.parameters,
                returns=header.declares.name if header.declares else None,
                on=header.on,
                database=self.database,
            )
        ]

    def _inline(self, node: ModuleNode, header: Header, span: Span) -> ModuleFact:
        """A view or an inline function: one statement, which writes the module itself."""
        reader = self._reader(_Scope())
        body = _query_tokens(node.body)
        query = self._guarded(reader, body, lambda: read_query(reader, body))
        view = node.kind == "VIEW"
        kind = StatementKind.VIEW if view else StatementKind.INLINE_FUNCTION
        reader.write(header.name)
        effects = (Write(header.name, header.columns, query, span, creates=True),) if view and query else ()
        fact = self._fact(reader, kind, span, effects, _Scope())
        return ModuleFact(
            header.name,
            ModuleKind(node.kind),
            span,
            (fact,),
            header.parameters,
            columns=header.columns,
            query=query,
            materialized=header.materialized,
            database=self.database,
        )


def _delivered(effect: Effect, string: FoldedString) -> Effect:
    """A result set of an executed string, or of what it executes, into the target of INSERT … EXEC."""
    if string.into and isinstance(effect, Result):
        return Write(string.into, string.columns, effect.query, Span())
    if string.into and isinstance(effect, Execute | ExecuteString) and effect.into is None:
        return replace(effect, into=string.into, columns=string.columns)
    return effect


def _query_tokens(tokens: list[Token]) -> list[Token]:
    """The query of a view or inline function: without WITH CHECK OPTION, semicolons, and parentheses around all of it."""
    while tokens and tokens[-1].upper == ";":
        tokens = tokens[:-1]
    if [t.upper for t in tokens[-3:]] == ["WITH", "CHECK", "OPTION"]:
        tokens = tokens[:-3]
    return tokens
