"""Notebooks: the cells that a SQL pool, warehouse or server runs.

What Spark runs is another language.

Source: https://learn.microsoft.com/fabric/data-engineering/author-tsql-notebook,
https://learn.microsoft.com/fabric/data-engineering/tsql-magic-command-notebook,
https://learn.microsoft.com/azure-data-studio/notebooks/notebooks-sql-kernel
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...model.regex import regex
from ...model.unread import UnreadKind
from .embedded_scripts import EmbeddedScript, ScriptWriter, use

# Kernels that run T-SQL: Azure Data Studio's, Fabric's, and what a language says of itself. The
# language `sql` alone is Spark's.
_KERNELS = frozenset({"sql", "mssql", "tsql", "t-sql", "sqldatawarehouse"})
_LANGUAGES = frozenset({"tsql", "t-sql"})
# The magics of cells in other languages; others, such as %%configure, hold no code that moves data.
_OTHER_MAGICS = frozenset(
    {"csharp", "pyspark", "python", "scala", "spark", "sparkr", "sparksql", "sql"}
)
_SPARK = ("spark", "scala")
_DATABRICKS = "application/vnd.databricks.v1+notebook"
_MAGIC = regex(r"\s*%%(?P<word>\w+)(?P<options>[^\n]*)(?:\n|\Z)")
_ARTIFACT = regex(
    r"-{1,2}artifact[ =]+(?:\"(?P<quoted>[^\"]+)\"|'(?P<single>[^']+)'|(?P<plain>[^\s\"']+))",
    re.IGNORECASE,
)


def notebook_script(notebook: Mapping[str, Any]) -> EmbeddedScript | None:
    """The T-SQL cells of a notebook, each a batch; None where it has none."""
    sql_kernel = _runs_sql(notebook.get("metadata"))
    writer = ScriptWriter()
    for number, source in _code(notebook["cells"]):
        magic = _MAGIC.match(source)
        word = magic["word"].lower() if magic else ""
        # %%sql in a notebook of Spark is Spark's SQL, %%tsql is T-SQL everywhere
        if word == "tsql" or (sql_kernel and word in ("", "sql")):
            database = _artifact(magic["options"]) if magic else None
            body = source[magic.end() :] if magic else source
            writer.add(f"cell {number}", (use(database) if database else "") + body)
    return writer.script()


def unread_notebook(notebook: Mapping[str, Any]) -> UnreadKind | None:
    """What a notebook is that has cells in another language than T-SQL; None where it has none."""
    metadata = notebook.get("metadata")
    sql_kernel = _runs_sql(metadata)
    if not any(_is_other(source, sql_kernel=sql_kernel) for _, source in _code(notebook["cells"])):
        return None
    if not isinstance(metadata, dict):
        return UnreadKind.NOTEBOOK
    if _DATABRICKS in metadata:
        return UnreadKind.DATABRICKS_NOTEBOOK
    words = [
        _word(metadata.get(key), "name") for key in ("kernelspec", "kernel_info", "language_info")
    ]
    return (
        UnreadKind.SPARK_NOTEBOOK
        if any(mark in word for word in words for mark in _SPARK)
        else UnreadKind.NOTEBOOK
    )


def _is_other(source: str, *, sql_kernel: bool) -> bool:
    """Is a cell code in another language? `sql_kernel`: the notebook's kernel runs T-SQL."""
    magic = _MAGIC.match(source)
    word = magic["word"].lower() if magic else ""
    if sql_kernel:
        return word in _OTHER_MAGICS - {"sql"}
    return not word or word in _OTHER_MAGICS


def _runs_sql(metadata: object) -> bool:
    """Does the notebook's kernel run T-SQL?"""
    if not isinstance(metadata, dict):
        return False
    kernels = {_word(metadata.get(key), "name") for key in ("kernelspec", "kernel_info")}
    return bool(kernels & _KERNELS) or _word(metadata.get("language_info"), "name") in _LANGUAGES


def _word(thing: object, key: str) -> str:
    value = thing.get(key) if isinstance(thing, dict) else None
    return value.lower() if isinstance(value, str) else ""


def _code(cells: list[object]) -> Iterator[tuple[int, str]]:
    """The cells of code that are not empty, with their number from 1."""
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        # the format allows one text, or a list of lines that have their ends
        lines = source if isinstance(source, list) else [source]
        text = "".join(line for line in lines if isinstance(line, str))
        if text.strip():
            yield number, text


def _artifact(options: str) -> str | None:
    """`%%tsql -artifact Sales -type Warehouse`: the warehouse that the cell runs in."""
    match = _ARTIFACT.search(options)
    return match[match.lastgroup] if match and match.lastgroup else None
