"""The page of security lists what may be read and built at most: each limit with its value."""

from __future__ import annotations

import re

import pytest

from sql_lineage_purview.model import limits

from .pages import text_of

_NUMBER = re.compile(r"(?P<number>\d[\d,]*|\ba|\btwo)(?: (?P<unit>million|MB|GB)\b)?")
_WORDS = {"a": 1, "two": 2}
_UNITS = {"million": 10**6, "MB": 1 << 20, "GB": 1 << 30}
_SPELLED = 0.05  # how far `16 million characters` may be from 16 times 1,048,576

# The rows of the page, and the limits whose values they give, in order.
ROWS = {
    "a script": ["SCRIPT_BYTES"],
    "a pipeline, notebook or dataset": ["DOCUMENT_BYTES", "DOCUMENT_OBJECTS"],
    "a database project; the values of its properties": ["PROJECT_BYTES", "PROPERTY_CHARACTERS"],
    "a configuration, a `.gitignore`": ["CONFIGURATION_BYTES"],
    "a snapshot or saved columns": ["CATALOG_BYTES"],
    "the model of a package, unpacked": [
        "MODEL_BYTES",
        "MODEL_OBJECTS",
        "OBJECT_ELEMENTS",
        "OBJECT_CHARACTERS",
    ],
    "a saved plan, a snapshot of assets": ["PLAN_BYTES"],
    "files that one script brings in with `:r`": ["INCLUDED_FILES", "INCLUDED_BYTES"],
    "SQLCMD variables of one script; one value; what all values add": [
        "VARIABLES",
        "VARIABLE_CHARACTERS",
        "EXPANDED_CHARACTERS",
    ],
    "a string that is put together; all of one file": [
        "STRING_CHARACTERS",
        "BUILT_CHARACTERS",
        "PIECE_CHARACTERS",
    ],
    "tokens of one file that are read to put strings together, those of calls within calls more "
    "than once": ["FOLDED_TOKENS"],
    "strings that one expression may be": ["ALTERNATIVES"],
    "rows of constants that a string is put together from": ["LISTED_ROWS"],
    "SQL in strings that one file executes, or passes on": ["EXECUTED_CHARACTERS"],
    "SQL in strings that a whole scan completes with what callers pass": [
        "LINKED_CHARACTERS",
        "STATEMENT_SHARE_OF_STRINGS",
    ],
    "statements run on behalf of callers, for one module or script; for a scan": [
        "CALLED_STATEMENTS",
        "SCAN_CALLED_STATEMENTS",
        "STATEMENT_SHARE_OF_CALLS",
    ],
    "columns that come together in the columns of one statement, on the way too; in those of all "
    "statements of a scan, each time that they are run": [
        "FOLLOWED_FLOWS",
        "SCAN_FLOWS",
        "STATEMENT_SHARE_OF_FLOWS",
        "SMALL_FLOWS",
    ],
    "columns that stars give a query": ["QUERY_COLUMNS"],
    "column edges of one statement; of a scan": [
        "STATEMENT_EDGES",
        "SCAN_EDGES",
        "STATEMENT_SHARE_OF_EDGES",
    ],
    "an entry of the cache; all of it; a file of git": ["ENTRY_BYTES", "STORE_BYTES", "GIT_BYTES"],
    "an answer of the account, unpacked": ["ANSWER_BYTES", "ANSWER_OBJECTS"],
}


def listed() -> dict[str, str]:
    """The rows of the table."""
    table = (
        text_of("docs/security.md")
        .partition("| what | at most |\n|---|---|\n")[2]
        .partition("\n\n")[0]
    )
    return dict(line.strip("| ").split(" | ") for line in table.splitlines())


def numbers(cell: str) -> list[int]:
    words = re.sub(r"\d+ seconds", "", cell)
    return [
        (_WORDS.get(match["number"]) or int(match["number"].replace(",", "")))
        * _UNITS.get(match["unit"], 1)
        for match in _NUMBER.finditer(words)
        if match["number"] not in _WORDS or match["unit"]
    ]


def test_every_limit_has_its_place_on_the_page() -> None:
    assert list(listed()) == list(ROWS)
    assert sorted(name for names in ROWS.values() for name in names) == sorted(
        name for name in vars(limits) if name.isupper() and not name.startswith("_")
    )


@pytest.mark.parametrize("row", ROWS)
def test_the_page_has_the_values_of_the_limits(row: str) -> None:
    assert numbers(listed()[row]) == [
        pytest.approx(getattr(limits, name), rel=_SPELLED) for name in ROWS[row]
    ]
