"""The compiler: goes over the statements of one text, and through what holds others.

These are blocks, arms, modules and executed strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import (
    BeginCatch,
    BeginTry,
    CloseSession,
    Create,
    DependencyFact,
    Effect,
    EndString,
    ExecuteString,
    FileFacts,
    ModuleFact,
    NextBatch,
    ObjectFact,
    OpenSession,
    StatementFact,
    TableFact,
)
from ...model.limits import EXPANDED_CHARACTERS, VARIABLE_CHARACTERS
from ...model.names import is_left_open
from ...model.vocabulary import ModuleKind, StatementKind
from ..cutting.cutter import BlockNode, Conditional, Leaf, ModuleNode, Node, cut
from ..cutting.jumps import marked, repeated
from ..cutting.reachability import Reachability, options_not_run
from ..disclosure import strings_in_double_quotes
from ..queries.declared_cursors import DeclaredCursors
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, SourceText, Token
from ..reading.repeated_inserts import RepeatedInserts
from ..reading.splices import splices_of
from ..reading.sqlcmd import Include, read_commands
from ..reading.templates import are_templates, without_templates
from ..reading.words import words_of
from ..statements import known_start, lower
from ..statements.base import LoweredStatement
from ..statements.execute import execute, takes_arguments
from ..statements.existence import if_exists
from ..statements.mentions import note_mentions
from ..statements.variable_statements import condition
from ..strings.budget import current, may_execute
from ..strings.constants import Constants
from ..strings.executed import delivered, readable, without_clauses
from ..strings.folding import FoldedString
from .checking import check_call, check_condition, check_head, check_statement
from .modules import Header, inline_module, read_header
from .repeatable_insert import repeatable_insert
from .unclosed import (
    bracket_findings,
    is_cut_off,
    strange_brackets,
    unclosed_block,
    unclosed_parenthesis,
)
from .unit import BlockContext, CompilationUnit, Placement

Fact: TypeAlias = StatementFact | ModuleFact

_FILLED_IN = (
    "the file is a template: what another program fills in is not known, and all branches of "
    "it are read"
)
_OVERRUN = (
    f"SQLCMD variables have more than {VARIABLE_CHARACTERS:,} characters, or add more than "
    f"{EXPANDED_CHARACTERS:,} to the "
    "script; $(name) stays as it is from here on where it would add more"
)
_NESTED_STRINGS = 8
_NESTED_BRANCHES = 200  # deeper arms count as the one around them


def compile_text(
    text: str, encoding: str, variables: Mapping[str, str], include: Include
) -> FileFacts:
    """Compile the text of a file.

    Args:
        text: the script.
        encoding: that of the file, as the facts name it.
        variables: the values of SQLCMD variables, given from outside.
        include: reads a file named by `:r`; see `read_commands`.
    """
    commands = read_commands(text, variables, include)
    source = SourceText(
        commands.text,
        commands.variables,
        strings=strings_in_double_quotes(commands.text),
        repeats=RepeatedInserts(commands.text),
    )
    unit = CompilationUnit(source, diagnostics=commands.diagnostics)
    return _Compiler(unit, strange_brackets(commands.text)).run(encoding)


def compile_executed(string: FoldedString, database: str | None, depth: int) -> FileFacts:
    """Compile a string that is executed. `depth`: with it, the strings that execute one another."""
    commands = read_commands(string.text, {}, _no_file)
    source = SourceText(
        commands.text,
        commands.variables,
        splices_of(commands.text, string.pattern),
        strings=strings_in_double_quotes(commands.text),
        executed=True,
    )
    unit = CompilationUnit(
        source, depth, Placement(database), string.server, diagnostics=commands.diagnostics
    )
    facts = _Compiler(unit).run("")
    if source.unclosed and string.certain and not is_left_open(string.text):
        # The server runs nothing of it; and what are strings may stand where names are read.
        facts = replace(facts, items=(), definitions=())
    return delivered(facts, string)


def _no_file(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


class _Compiler(Struct):
    unit: CompilationUnit
    # where names begin that may be missing their end; see `strange_brackets`
    brackets: frozenset[int] = frozenset()
    statements: int = 0
    arms: int = 0
    created: list[ModuleFact] = field(default_factory=list)  # by strings
    leaving: dict[int, bool] = field(default_factory=dict)  # see `Reachability`
    # of conditions, which are asked for twice, by their identity
    _truths: dict[int, bool | None] = field(default_factory=dict)

    def run(self, encoding: str) -> FileFacts:
        unit = self.unit
        items: list[Fact] = []
        batches = 0
        for batch in unit.source.batches():
            batches += 1
            if items:
                items.append(
                    StatementFact(
                        StatementKind.OTHER,
                        Span(),
                        effects=(NextBatch(),),
                        database=unit.placement.database,
                    )
                )
            # GO ends the life of variables, and the list of what a CREATE SCHEMA makes
            unit.constants = Constants()
            unit.placement.open_schema(None)
            reach = Reachability(self._truth_of, self.leaving)
            for index, node in enumerate(cut(batch)):
                self.leaving.clear()
                self._truths.clear()
                self._reached(node, BlockContext(), items, reach, first=index == 0)
        items += self.created
        unit.diagnostics += unit.source.diagnostics
        overrun = unit.source.variables.overrun
        if overrun is not None:
            unit.diagnostics.append(
                Diagnostic("SLP107", _OVERRUN, unit.source.span(overrun, overrun + 1))
            )
        if unit.source.template and not unit.depth:
            unit.diagnostics.append(
                Diagnostic("SLP106", _FILLED_IN, unit.source.span(*unit.source.template))
            )
        for name, span in unit.source.without_value.spans().items():
            unit.diagnostics.append(Diagnostic("SLP401", f"$({name}) has no value", span))
        return FileFacts(
            encoding,
            batches,
            self.statements,
            tuple(items),
            tuple(unit.definitions),
            tuple(unit.diagnostics),
        )

    def _reached(
        self,
        node: Node,
        block: BlockContext,
        facts: list[Fact],
        reach: Reachability,
        *,
        first: bool = False,
    ) -> None:
        """Add the facts of the next node of a list.

        What no run comes to leaves variables as they are.
        """
        if reach.comes_to(node) or block.unreached or isinstance(node, ModuleNode):
            self._node(node, block, facts, first=first)
            return
        constants = self.unit.constants
        before, constants.values = constants.values, constants.values.copied()
        self._node(node, replace(block, unreached=True), facts, first=first)
        constants.values = before

    def _node(
        self, node: Node, block: BlockContext, facts: list[Fact], *, first: bool = False
    ) -> None:
        """Add the facts of one node to those before it."""
        if isinstance(node, Leaf):
            facts += self._leaf_and_repeats(node, block, first=first)
        elif isinstance(node, Conditional):
            self._conditional(node, block, facts)
        elif isinstance(node, BlockNode):
            self._block(node, block, facts)
        else:
            facts += self._module(node)

    # --- what holds other statements --------------------------------------------------------------

    def _arm(
        self,
        nodes: list[Node],
        block: BlockContext,
        facts: list[Fact],
        *,
        branching: bool,
        looping: bool = False,
    ) -> None:
        if branching and len(block.branch) < _NESTED_BRANCHES:
            self.arms += 1
            block = replace(block, branch=(*block.branch, -self.arms if looping else self.arms))
        self._sequence(nodes, block, facts)

    def _sequence(self, nodes: list[Node], block: BlockContext, facts: list[Fact]) -> None:
        """Statements in their order; what a GOTO goes back over is a loop."""
        at, reach = 0, Reachability(self._truth_of, self.leaving)
        for start, end in repeated(nodes):
            for node in nodes[at:start]:
                self._reached(node, block, facts, reach)
            self.arms += 1
            loop = replace(block, branch=(*block.branch, -self.arms), in_goto_loop=True)
            for node in nodes[start:end]:
                self._reached(node, loop, facts, reach)
            at = end
        for node in nodes[at:]:
            self._reached(node, block, facts, reach)

    def _block(self, node: BlockNode, block: BlockContext, facts: list[Fact]) -> None:
        unit = self.unit
        if not node.closed:
            self._report_unclosed(node)
        elif not node.arms[0] and not node.too_deep:
            unit.report("SLP101", "not understood: a block without a statement", [node.keyword])
        elif node.attempt and not node.arms[1:]:
            unit.report("SLP101", "not understood: a TRY without its CATCH", [node.keyword])
        elif node.idle:
            unit.report(
                "SLP101",
                "not understood near ';': nothing stands between a TRY and its CATCH",
                node.idle[:1],
            )
        # What TRY does is done unless it fails, so only CATCH is a branch of its own.
        if node.arms[1:]:
            facts.append(self._mark(BeginTry(), block))
        self._arm(node.arms[0], block, facts, branching=False)
        for arm in node.arms[1:]:
            facts.append(self._mark(BeginCatch(), block))
            tried = unit.constants.values
            # CATCH may come after any statement of TRY: it sees what was true before, or at the end
            # of it
            unit.constants.values = tried.copied()
            self._arm(arm, block, facts, branching=True)
            unit.constants.either(
                (tried, unit.constants.values), unit.constants.choice([node.keyword])
            )

    def _report_unclosed(self, node: BlockNode) -> None:
        source = self.unit.source
        # what cuts the batch off is reported itself, and takes the END with it
        if not is_cut_off(node.keyword, source):
            keyword = unclosed_block(node, source.text)
            self.unit.report("SLP102", "the block that begins here has no END", [keyword])

    def _mark(self, effect: Effect | None, block: BlockContext) -> StatementFact:
        """A statement without a row: where an arm begins or ends, or a GOTO leads."""
        effects = (effect,) if effect else ()
        unreached = self.unit.unreached(block)
        return StatementFact(
            StatementKind.OTHER,
            Span(),
            (),
            (),
            (),
            effects,
            block.branch,
            self.unit.placement.database,
            unreached=unreached,
        )

    def _conditional(self, node: Conditional, block: BlockContext, facts: list[Fact]) -> None:
        self.statements += 1
        unit = self.unit
        kind = StatementKind.IF if node.keyword.upper == "IF" else StatementKind.WHILE
        context = unit.context(block)
        effect = unit.guarded(context, node.condition, lambda: _condition(context, node))
        span = unit.span([node.keyword, *node.condition])
        if not all(node.arms) and not node.too_deep:
            unit.report(
                "SLP101", f"not understood: {kind} or ELSE without a statement", [node.keyword]
            )
        elif node.idle:
            unit.report(
                "SLP101",
                "not understood near ';': IF, ELSE and WHILE need a statement there",
                node.idle[:1],
            )
        asked = (
            if_exists(node.condition) if kind is StatementKind.IF and len(node.arms) == 1 else None
        )
        facts.append(
            unit.fact(
                context,
                kind,
                span,
                tuple(evaluation for evaluation in (effect, asked) if evaluation),
                block,
            )
        )
        truth = self._truth_of(node.condition)
        if truth is not None and (kind is StatementKind.IF or not truth):
            self._decided(node, block, facts, truth=truth)
            return
        before = unit.constants.values
        # in a loop the same condition may be answered differently in the next round
        looping = kind is StatementKind.WHILE or any(arm < 0 for arm in block.branch)
        choice = unit.constants.choice([node.keyword] if looping else node.condition)
        ends = []
        for arm in node.arms:
            unit.constants.values = before.copied()
            self._arm(arm, block, facts, branching=True, looping=kind is StatementKind.WHILE)
            ends.append(unit.constants.state)
        unit.constants.join(before, ends[0], ends[1] if len(ends) > 1 else before, choice)

    def _truth_of(self, condition: list[Token]) -> bool | None:
        if id(condition) not in self._truths:
            context = self.unit.context(BlockContext())
            self._truths[id(condition)] = context.truth_of(condition)
        return self._truths[id(condition)]

    def _decided(
        self, node: Conditional, block: BlockContext, facts: list[Fact], *, truth: bool
    ) -> None:
        """`IF 1 = 0`, `WHILE 1 = 0`: one arm is run as if it stood alone, if there is one.

        The other never is.
        """
        constants = self.unit.constants
        for arm, runs in zip(node.arms, (truth, not truth), strict=False):
            before, constants.values = constants.values, constants.values.copied()
            self._arm(
                arm, replace(block, unreached=block.unreached or not runs), facts, branching=False
            )
            constants.values = constants.values if runs else before

    # --- statements -------------------------------------------------------------------------------

    def _leaf_and_repeats(self, node: Leaf, block: BlockContext, *, first: bool) -> list[Fact]:
        """The facts of a statement, and of the INSERTs behind it that repeat it."""
        unit, source = self.unit, self.unit.source
        findings = len(unit.diagnostics)
        facts = self._leaf(node, block, first=first)
        places = source.repeats.places(node.tokens[0].start) if source.repeats else []
        if not places:
            return facts
        alike = len(unit.diagnostics) == findings and not self.brackets
        if alike and (repeatable := repeatable_insert(facts)):
            self.statements += len(places)
            return facts + [repeatable.at(source.span(*place)) for place in places]
        for place in places:
            facts += self._leaf(Leaf(source.tokens_within(*place)), block, first=False)
        return facts

    def _leaf(self, node: Leaf, block: BlockContext, *, first: bool) -> list[Fact]:
        unit, tokens = self.unit, node.tokens
        self.statements += 1
        mark = marked(tokens)
        if mark is not None:
            unit.constants.mark(mark)
            return [self._mark(mark, block)]
        first_word, second_word = words_of(tokens)
        if first_word == "USE" and len(tokens) > 1:
            unit.placement.use(tokens[1].value)
            return []
        if first and first_word == "CREATE" and second_word == "SCHEMA":
            unit.placement.open_schema(_schema_of(Cursor(tokens, 2)))
        if not node.closed:
            parenthesis = unclosed_parenthesis(tokens)
            unit.report("SLP102", "the parenthesis that begins here is never closed", [parenthesis])
        if self.brackets:
            unit.diagnostics += bracket_findings(tokens, self.brackets, unit.source)
        if unit.source.template:
            if are_templates(tokens):
                return []
            tokens = without_templates(tokens)
        tokens, unknown = without_clauses(tokens) if unit.depth else (tokens, [])
        context = unit.context(block)
        complete = len(tokens) == len(node.tokens)
        lowered = unit.guarded(
            context, tokens, lambda: _lowered(context, tokens, first=first, complete=complete)
        )
        self._switch(tokens, block)
        looping = any(arm < 0 for arm in block.branch)
        captured = unit.constants.follow(tokens, branching=block.in_goto_loop, looping=looping)
        overrun = current().taken_overrun()
        if overrun:
            unit.report("SLP107", overrun, tokens)
        if captured:
            effects = tuple(unit.captured(block, capture) for capture in captured)
            lowered = lowered or LoweredStatement(StatementKind.OTHER)
            lowered = LoweredStatement(lowered.kind, effects + lowered.effects)
        if lowered is None and not context.accessed:
            return []
        for token in unknown:
            unit.report(
                "SLP301", f"{token.value}: a part of the statement that is not known", [token]
            )
        kind = lowered.kind if lowered else StatementKind.OTHER
        span = unit.span(tokens)
        facts: list[Fact] = [
            unit.fact(context, kind, span, lowered.effects if lowered else (), block)
        ]
        for string in context.strings:
            facts += self._string(string, tokens, block)
        # a string's variables and temporary tables end with it
        if context.strings or any(
            isinstance(effect, ExecuteString) for effect in (lowered.effects if lowered else ())
        ):
            context.do_afterwards(EndString())
        if context.after:
            facts.append(
                unit.fact(
                    unit.context(block), StatementKind.OTHER, span, tuple(context.after), block
                )
            )
        return facts

    def _switch(self, tokens: list[Token], block: BlockContext) -> None:
        """SET NOEXEC ON: what follows is not run.

        That is so unless it depends on a condition whether the option is set at all.
        """
        options = options_not_run(tokens)
        if tokens[-1].upper == "OFF":
            self.unit.not_run -= options
        elif options and not (block.branch or block.unreached):
            self.unit.not_run |= options

    def _string(
        self, string: FoldedString, tokens: list[Token], block: BlockContext
    ) -> list[StatementFact]:
        """The statements of a string that is executed, at the place of its EXEC."""
        unit = self.unit
        if unit.depth > _NESTED_STRINGS:
            unit.report("SLP301", "strings that execute strings, too deep to follow", tokens)
            return []
        if not may_execute(len(string.text)):
            unit.report("SLP107", current().taken_overrun(), tokens)
            return [self._mark(ExecuteString((), Span()), block)]
        facts = compile_executed(string, unit.placement.database, unit.depth + 1)
        if not string.certain:
            facts = readable(facts)
            self.arms += 1  # another string may be executed in its place
        arms = block.branch if string.certain else (*block.branch, self.arms)
        span = unit.span(tokens)
        views: list[StatementFact] = []
        unit.diagnostics += [replace(diagnostic, span=span) for diagnostic in facts.diagnostics]
        for definition in facts.definitions:
            unit.definitions.append(
                replace(definition, span=span)
                if isinstance(definition, TableFact | DependencyFact | ObjectFact)
                else definition
            )
        for fact in facts.items:
            if isinstance(fact, ModuleFact):
                body = tuple(replace(statement, span=span) for statement in fact.body)
                self.created.append(
                    replace(
                        fact,
                        span=span,
                        body=body,
                        database=fact.database or unit.placement.database,
                    )
                )
                if fact.kind is ModuleKind.VIEW:
                    views.append(self._mark(Create(fact.name), BlockContext(branch=arms)))
        statements = [fact for fact in facts.items if isinstance(fact, StatementFact)]
        if string.own_session:
            around = BlockContext(branch=())
            statements = [
                self._mark(OpenSession(), around),
                *statements,
                self._mark(CloseSession(), around),
            ]
        unreached = unit.unreached(block)
        return [
            self._mark(None, block),
            *views,
            *(
                replace(
                    fact,
                    span=span,
                    branch=(*arms, *fact.branch),
                    unreached=fact.unreached or unreached,
                )
                for fact in statements
            ),
        ]

    # --- modules ----------------------------------------------------------------------------------

    def _module(self, node: ModuleNode) -> list[Fact]:
        self.statements += 1
        unit = self.unit
        context = unit.context(BlockContext())
        header = unit.guarded(context, node.header, lambda: _header(context, node))
        span = unit.span(node.header + node.body)
        if header is None:
            unit.report("SLP101", "a module without a name", node.header)
            return []
        header = replace(header, name=unit.placement.placed(header.name))
        if header.inline:
            return [inline_module(unit, node, header, span)]
        if node.body and node.body[0].upper == "EXTERNAL":
            unit.report(
                "SLP103",
                f"{header.name}: its body is an assembly, so what it reads and writes is not known",
                node.header,
            )
        # a module knows none of the cursors and variables of the script around it
        unit.cursors = DeclaredCursors()
        not_run = set(unit.not_run)
        unit.constants = Constants.of(parameter.name for parameter in header.parameters)
        body: list[Fact] = []
        self._sequence(node.statements, BlockContext(header.on), body)
        unit.not_run = not_run  # options that a module sets end with it
        facts = [fact for fact in body if isinstance(fact, StatementFact)]
        # @t of RETURNS @t TABLE (…) is declared by the header and filled by the body
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
                instead_of=header.instead_of,
                database=unit.placement.database,
            )
        ]


def _condition(context: StatementContext, node: Conditional) -> Effect:
    effect = condition(context, node.condition)
    note_mentions(context, node.condition)
    check_condition(context, node.keyword, node.condition)
    return effect


def _header(context: StatementContext, node: ModuleNode) -> Header | None:
    header = read_header(context, node)
    check_head(context, node.header)
    return header


def _schema_of(cursor: Cursor) -> str | None:
    """`CREATE SCHEMA {name | AUTHORIZATION owner} …`.

    The objects that the statement makes stand in it.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql
    """
    cursor.accept("AUTHORIZATION")
    name = cursor.name()
    return name.object if name else None


def _lowered(
    context: StatementContext, tokens: list[Token], *, first: bool, complete: bool
) -> LoweredStatement | None:
    """What a statement does, held against the grammar too where it stands `complete`."""
    if first and (tokens[0].name or tokens[0].kind is Kind.VARIABLE):
        cursor = Cursor(tokens)
        if cursor.name() and not known_start(tokens[0].upper) and takes_arguments(cursor):
            lowered = execute(context, tokens, ())  # at the start of a batch EXEC may be left out
            if complete:
                check_call(context, tokens)
            return lowered
    lowered = lower(context, tokens)
    if complete:
        check_statement(context, tokens)
    return lowered
