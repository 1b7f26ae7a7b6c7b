"""EXECUTE of procedures and strings, and renaming, which is done by a procedure or by RENAME OBJECT.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/rename-transact-sql
"""

from __future__ import annotations

from ...model.facts import (
    Argument,
    Assign,
    CommonTable,
    Effect,
    Execute,
    ExecuteString,
    Expression,
    Output,
    Pattern,
    Piece,
    Rename,
)
from ...model.names import Name, parse_name
from ...model.vocabulary import StatementKind
from ..folding import FoldedString, fold, literal, unknown
from ..lexer import Kind
from ..queries import read_expression
from ..reader import Reader
from ..remote import remote_at
from ..words import find, name_at, numbered_at, skip_group, split
from .base import Form, Tokens, select_of, word

_RUNS_A_STRING = frozenset({"sp_executesql", "sp_execute", "sp_prepare", "sp_prepexec", "sp_cursoropen"})


def execute(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """EXEC, or the bare name of a procedure at the start of a batch."""
    name = _procedure(tokens)
    if name and name.last.lower() == "sp_rename":
        return _sp_rename(reader, tokens)
    return Form(StatementKind.EXECUTE, read_execute(reader, tokens))


def takes_arguments(tokens: Tokens) -> bool:
    """Is what stands behind a name a list of arguments? It tells a procedure's bare name from a misspelt statement."""
    if word(tokens, 0) == ";" and len(tokens) > 1 and tokens[1].kind is Kind.NUMBER:  # the number of a procedure
        tokens = tokens[2:]
    return all(_is_argument(piece) for piece in split(tokens[: find(tokens, {"WITH"})]))


def _is_argument(piece: Tokens) -> bool:
    if len(piece) > 1 and word(piece, len(piece) - 1) in ("OUTPUT", "OUT"):
        piece = piece[:-1]
    if len(piece) > 2 and piece[0].kind is Kind.VARIABLE and word(piece, 1) == "=":
        piece = piece[2:]
    if len(piece) == 2 and word(piece, 0) in ("-", "+"):
        piece = piece[1:]
    return len(piece) == 1 and piece[0].kind is not Kind.OPERATOR


def read_execute(reader: Reader, tokens: Tokens) -> tuple[Effect, ...]:
    """The effects of EXEC, also behind INSERT."""
    at = 1 if word(tokens, 0) in ("EXEC", "EXECUTE") else 0
    if word(tokens, at) in ("AS", "") and not (at < len(tokens) and (tokens[at].name or tokens[at].kind is Kind.VARIABLE)):
        return ()
    if word(tokens, at) == "AS":
        return ()  # EXECUTE AS: a change of user
    if word(tokens, at) == "(":
        behind = skip_group(tokens, at)
        if word(tokens, behind) == "AS":  # AS USER = 'name'
            behind += 4
        server = None
        if word(tokens, behind) == "AT":
            named = behind + 1 + (word(tokens, behind + 1) == "DATA_SOURCE" and behind + 2 < len(tokens))
            server = tokens[named].value if named < len(tokens) and tokens[named].name else None
        return _string(reader, tokens, tokens[at + 1 : skip_group(tokens, at) - 1], server)
    returned = None
    if at + 1 < len(tokens) and tokens[at].kind is Kind.VARIABLE and word(tokens, at + 1) == "=":
        returned, at = tokens[at].value, at + 2
    if at < len(tokens) and tokens[at].kind is Kind.VARIABLE:  # the name of a procedure
        return _string(reader, tokens, tokens[at : at + 1])
    name, end = numbered_at(tokens, at)
    if word(tokens, at) == "OPENDATASOURCE" and word(tokens, at + 1) == "(":
        remote = remote_at(tokens, at)
        name, end = (remote.name, remote.end) if remote else (None, at)
        if name is None:
            reader.report("SLP103", "OPENDATASOURCE: a procedure of another server that is not told", tokens[at : at + 1])
    if name is None:
        return ()
    name = reader.there(name)
    reader.call(name)
    arguments = _arguments(reader, tokens[end : find(tokens, {"WITH"}, end)])
    if name.last.lower() == "sp_xml_preparedocument":
        return _prepared(reader, tokens, arguments)
    if name.last.lower() in _RUNS_A_STRING:
        return _execute_sql(reader, tokens, end, arguments)
    if returned:
        arguments = (*arguments, Argument("", (), returned, output=True))
    return (Execute(name, arguments, reader.span(tokens[at:end])),)


def _procedure(tokens: Tokens) -> Name | None:
    at = 1 if word(tokens, 0) in ("EXEC", "EXECUTE") else 0
    if at + 1 < len(tokens) and tokens[at].kind is Kind.VARIABLE and word(tokens, at + 1) == "=":
        at += 2
    return name_at(tokens, at)[0]


def _arguments(reader: Reader, tokens: Tokens) -> tuple[Argument, ...]:
    found: list[Argument] = []
    for piece in split(tokens):
        output = word(piece, len(piece) - 1) in ("OUTPUT", "OUT")
        value = piece[:-1] if output else piece
        parameter = None
        if len(value) > 2 and value[0].kind is Kind.VARIABLE and word(value, 1) == "=":
            parameter, value = value[0].value, value[2:]
        variable = value[0].value if len(value) == 1 and value[0].kind is Kind.VARIABLE else None
        found.append(Argument(parameter, _value(reader, value), variable, output, _strings(reader, value)))
    return tuple(found)


def _strings(reader: Reader, tokens: Tokens) -> tuple[Pattern, ...]:
    """The strings that an argument may be, as far as something is known of them. A bare word is one: EXEC p Sales."""
    if len(tokens) == 1 and tokens[0].name and tokens[0].upper not in ("NULL", "DEFAULT"):
        return ((Piece(tokens[0].value),),)
    return tuple(pattern for pattern in fold(tokens, reader.constants.values) if not unknown(pattern))


def _value(reader: Reader, tokens: Tokens) -> Expression:
    """An argument is a constant, a variable, DEFAULT, or a bare word, which is a string."""
    if len(tokens) == 1 and tokens[0].kind is Kind.VARIABLE:
        return read_expression(reader, tokens)
    return ()


def odbc_call(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """`{call p(…)}`, `{? = call p}`: https://learn.microsoft.com/sql/odbc/reference/develop-app/procedure-calls."""
    at = find(tokens, {"CALL"})
    name, end = name_at(tokens, at + 1)
    if name is None:
        reader.report("SLP101", "no statement begins with '{'", tokens)
        return None
    inside = tokens[end + 1 : skip_group(tokens, end) - 1] if word(tokens, end) == "(" else []
    return Form(StatementKind.EXECUTE, read_execute(reader, [*tokens[at + 1 : end], *inside]))


def _string(reader: Reader, tokens: Tokens, expression: Tokens, server: str | None = None) -> tuple[Effect, ...]:
    """A string is executed: what it holds is compiled where the text alone tells it, else reported."""
    effects: list[Effect] = []
    patterns = fold(split(expression)[0] if expression else [], reader.constants.values)
    for pattern in patterns:
        text = literal(pattern)
        if text is not None:
            certain = len(patterns) == 1
            reader.strings.append(FoldedString(text, server=server or reader.server, certain=certain))
        elif unknown(pattern):
            reader.report("SLP301", "the SQL that this string holds is not known", tokens)
        else:
            effects.append(ExecuteString(pattern, reader.span(tokens), server=server or reader.server))
    return tuple(effects)


def _execute_sql(reader: Reader, tokens: Tokens, end: int, arguments: tuple[Argument, ...]) -> tuple[Effect, ...]:
    """`sp_executesql @sql, N'@a int, …', @a = x, …`: the parameters are variables of the string."""
    pieces = split(tokens[end:])
    statement = pieces[0] if pieces else []
    if len(statement) > 2 and word(statement, 1) == "=":
        statement = statement[2:]
    strings = _string(reader, tokens, statement)
    declared = pieces[1][-1:] if len(pieces) > 1 else []
    names = [part.split()[0] for part in declared[0].value.split(",") if part.split()] if declared else []
    effects: list[Effect] = []
    for name, argument in zip(names, arguments[2:], strict=False):
        parameter = argument.parameter or name
        if argument.variable and argument.variable.casefold() != parameter.casefold():
            value = Output(None, argument.expression, reader.span(tokens))
            effects.append(Assign((parameter,), select_of((value,), (), ())))
    return (*effects, *strings)


def _prepared(reader: Reader, tokens: Tokens, arguments: tuple[Argument, ...]) -> tuple[Effect, ...]:
    """`sp_xml_preparedocument @handle OUTPUT, @document`: what OPENXML reads through the handle is the document.

    Source: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-xml-preparedocument-transact-sql
    """
    if len(arguments) < 2 or not arguments[0].variable:
        return ()
    document = Output(None, arguments[1].expression, reader.span(tokens))
    return (Assign((arguments[0].variable,), select_of((document,), (), ())),)


def _sp_rename(reader: Reader, tokens: Tokens) -> Form:
    """`sp_rename 'schema.old', 'new' [, 'OBJECT']`, by place or name: only tables and views are of interest here."""
    behind = next(i for i, token in enumerate(tokens) if token.value.lower() == "sp_rename") + 1
    given = _constants(tokens[behind:], ("@objname", "@newname", "@objtype"))
    old, new, kind = (given.get(name) for name in ("@objname", "@newname", "@objtype"))
    if "@objtype" in given and kind is not None and kind.upper() != "OBJECT":
        return Form(StatementKind.RENAME)
    if old is None or new is None:
        reader.report("SLP301", "what is renamed is not known", tokens)
        return Form(StatementKind.RENAME)
    try:
        name = parse_name(old)
    except ValueError:
        return Form(StatementKind.RENAME)
    here = reader.database is not None and name.parts[0].casefold() == reader.database.casefold()
    if len(name.parts) > 2 and not here:  # schema.table.column: a table of another database cannot be renamed
        return Form(StatementKind.RENAME)
    return _renamed(reader, name, new)


def _constants(tokens: Tokens, names: tuple[str, ...]) -> dict[str, str | None]:
    """The arguments of a procedure, by the names of its parameters; None where one is no constant."""
    found: dict[str, str | None] = {}
    for place, piece in enumerate(split(tokens)):
        named = len(piece) > 2 and piece[0].kind is Kind.VARIABLE and word(piece, 1) == "="
        value = piece[2:] if named else piece
        name = piece[0].value.casefold() if named else (names[place] if place < len(names) else "")
        found[name] = value[0].value if len(value) == 1 and value[0].kind is Kind.STRING else None
    return found


def rename(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """RENAME OBJECT [::] old TO new, of a Synapse dedicated pool."""
    if word(tokens, 1) != "OBJECT":
        return None  # RENAME DATABASE
    at = 2 + (word(tokens, 2) == "::")
    old, end = name_at(tokens, at)
    if old is None or word(tokens, end) != "TO" or end + 1 >= len(tokens):
        return Form(StatementKind.RENAME)  # RENAME OBJECT t COLUMN a TO b
    return _renamed(reader, old, tokens[end + 1].value)


def _renamed(reader: Reader, old: Name, new: str) -> Form:
    name = Name((*old.parts[:-1], new))
    reader.read(old)
    reader.write(name)
    return Form(StatementKind.RENAME, (Rename(old, name),))
