"""Shapes of a string with a secret: how it is written in a script, and in what sort of file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .secret_forms import Form


@dataclass(frozen=True, slots=True)
class Secret:
    """Two marks that occur nowhere else, and what stands between them; neither may be seen."""

    first: str
    joint: str
    second: str

    @property
    def text(self) -> str:
        return self.first + self.joint + self.second


def literal(text: str, quote: str = "'") -> str:
    return quote + text.replace(quote, quote * 2) + quote


def _written(form: Form, secret: Secret, expression: Callable[[str], str]) -> str:
    return form.statement.replace("~", expression(form.content.replace("~", secret.text)))


def _halves(form: Form, secret: Secret) -> tuple[str, str]:
    """The string, cut in the middle of its secret."""
    before, _, behind = form.content.partition("~")
    return before + secret.first, secret.joint + secret.second + behind


def _plain(form: Form, secret: Secret) -> str:
    return _written(form, secret, literal)


def _national(form: Form, secret: Secret) -> str:
    return _written(form, secret, lambda text: f"N{literal(text)}")


def _doubled(depth: int) -> Callable[[Form, Secret], str]:
    """In a string that is executed, in a string that is executed, …"""

    def shape(form: Form, secret: Secret) -> str:
        lines = [line for line in _plain(form, secret).splitlines() if line != "GO"]
        text = "\n".join(lines)
        for _ in range(depth):
            text = f"EXEC ({literal(text)})"
        return text

    return shape


def _concatenated(form: Form, secret: Secret) -> str:
    first, second = _halves(form, secret)
    return form.statement.replace("~", f"{literal(first)} + N{literal(second)}")


def _by_function(form: Form, secret: Secret) -> str:
    first, second = _halves(form, secret)
    return form.statement.replace("~", f"CONCAT({literal(first)}, {literal(second)})")


def _split_by_replace(form: Form, secret: Secret) -> str:
    first, second = _halves(form, secret)
    return form.statement.replace("~", f"REPLACE({literal(f'{first}#{second}')}, '#', '')")


def _line(secret: Secret) -> str:
    return secret.text.replace("\n", " ")


def _commented(form: Form, secret: Secret) -> str:
    return _written(
        form,
        secret,
        lambda text: (
            f"/* was {secret.text} */ {literal(text)} -- {secret.text.replace(chr(10), ' ')}\n"
        ),
    )


def _typed(form: Form, secret: Secret) -> str:
    return _written(form, secret, lambda text: f"CAST(N{literal(text)} AS [nvarchar] (4000))")


def _defaulted(form: Form, secret: Secret) -> str:
    return _written(
        form,
        secret,
        lambda text: (
            f"ISNULL(NULLIF(CONVERT(varchar(99), ({literal(text)})), ''), COALESCE(NULL, 'x'))"
        ),
    )


def _in_double_quotes(form: Form, secret: Secret) -> str:
    return "SET QUOTED_IDENTIFIER OFF; " + _written(form, secret, lambda text: literal(text, '"'))


def _by_variable(form: Form, secret: Secret) -> str:
    value = literal(form.content.replace("~", secret.text))
    return f"DECLARE @v1 nvarchar(max) = {value}; " + form.statement.replace("~", "@v1")


def _by_sqlcmd(form: Form, secret: Secret) -> str:
    value = form.content.replace("~", secret.text).replace("\n", " ")
    return f":setvar V1 {literal(value, chr(34))}\n" + form.statement.replace("~", "'$(V1)'")


def _broken_over_lines(form: Form, secret: Secret) -> str:
    first, second = _halves(form, secret)
    return form.statement.replace("~", f"\n    {literal(first + chr(92) + chr(10) + second)}\n")


def _never_closed(form: Form, secret: Secret) -> str:
    before, _, behind = form.statement.partition("~")
    return f"{before}{literal(form.content.replace('~', secret.text))[:-1]}\n{behind}".replace(
        "GO\n", ""
    )


def _quote_too_much(form: Form, secret: Secret) -> str:
    """An odd quote before it, so that strings and all else change places."""
    return f"PRINT 'it's' PRINT 'x'\n{_plain(form, secret)}"


def _without_quotes(form: Form, secret: Secret) -> str:
    """As a bare word, where an argument of EXEC or an option may be one."""
    bare = form.alone and (form.statement.startswith("EXEC ") or "PASSWORD = ~" in form.statement)
    return form.statement.replace("~", secret.first) if bare else _plain(form, secret)


SHAPES: Mapping[str, Callable[[Form, Secret], str]] = {
    "a string": _plain,
    "a national string": _national,
    "in a string that is executed": _doubled(1),
    "in one in one in one": _doubled(3),
    "put together with +": _concatenated,
    "put together with CONCAT": _by_function,
    "split by REPLACE": _split_by_replace,
    "in comments too": _commented,
    "in CAST": _typed,
    "in ISNULL, CONVERT and parentheses": _defaulted,
    "in double quotes": _in_double_quotes,
    "by a variable": _by_variable,
    "by :setvar": _by_sqlcmd,
    "broken over lines": _broken_over_lines,
    "never closed": _never_closed,
    "behind an odd quote": _quote_too_much,
    "without quotes": _without_quotes,
}


# --- files ----------------------------------------------------------------------------------------


def _script(sql: str) -> tuple[str, str]:
    return "sql", sql


def _sqlscript(sql: str) -> tuple[str, str]:
    return "sqlscript.json", json.dumps(
        {"name": "s", "properties": {"content": {"query": sql}, "type": "SqlQuery"}}, indent=1
    )


def _pipeline(sql: str) -> tuple[str, str]:
    properties = {"scripts": [{"type": "NonQuery", "text": sql}]}
    activity = {
        "name": "Run",
        "type": "Script",
        "typeProperties": properties,
        "linkedServiceName": {"referenceName": "L"},
    }
    return "pipeline.json", json.dumps(
        {"name": "p", "properties": {"activities": [activity]}}, indent=2
    )


def _procedure_activity(sql: str) -> tuple[str, str]:
    parameters = {"Password": {"value": sql, "type": "String"}, "n": {"value": 7}}
    properties = {"storedProcedureName": "dbo.usp_Load", "storedProcedureParameters": parameters}
    activity = {"name": "Call", "type": "SqlServerStoredProcedure", "typeProperties": properties}
    return "pipeline.json", json.dumps({"name": "p", "properties": {"activities": [activity]}})


def _copy(sql: str) -> tuple[str, str]:
    added = [{"name": "k", "value": sql}]
    source = {"type": "AzureSqlSource", "sqlReaderQuery": sql, "additionalColumns": added}
    properties = {"source": source, "sink": {"type": "AzureSqlSink", "preCopyScript": sql}}
    ends = {
        name: [{"referenceName": "D", "type": "DatasetReference", "parameters": {"k": sql}}]
        for name in ("inputs", "outputs")
    }
    activity = {
        "name": "Copy",
        "description": sql,
        "type": "Copy",
        "typeProperties": properties,
        **ends,
    }
    return "pipeline.json", json.dumps(
        {"name": "p", "properties": {"activities": [activity]}}, indent=2
    )


def _notebook(sql: str) -> tuple[str, str]:
    cell = {
        "cell_type": "code",
        "source": sql.splitlines(keepends=True),
        "metadata": {},
        "outputs": [],
    }
    metadata = {
        "language_info": {"name": "sql"},
        "kernelspec": {"name": "SQL", "language": "sql", "display_name": "SQL"},
    }
    return "ipynb", json.dumps(
        {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 2}, indent=1
    )


FILES: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "a script": _script,
    "a script of Synapse Studio": _sqlscript,
    "a Script activity": _pipeline,
    "a parameter of an activity": _procedure_activity,
    "a Copy activity": _copy,
    "a notebook": _notebook,
}
