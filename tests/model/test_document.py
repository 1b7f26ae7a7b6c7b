"""What a script may hold, by its bytes."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from sql_lineage_purview.model.document import Document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [":r a.sql", "PRINT 1\r\n \t:R a.sql", "/* :r */\n:r a.sql"])
def test_a_line_that_brings_in_a_script_is_seen(encoding: str, text: str) -> None:
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    assert Document(Path("a.sql"), mark + text.encode(encoding)).may_include


@pytest.mark.parametrize(
    "text", ["-- :r a.sql", "/* Example:\n   as in :r a.sql */", "SELECT ':r'"]
)
def test_what_stands_within_a_line_brings_in_nothing(text: str) -> None:
    assert not Document(Path("a.sql"), text.encode()).may_include


@pytest.mark.parametrize(
    ("text", "has_variables"),
    [
        ("SELECT $(Name)", True),
        ("/* Example: [$(Name)] */\nSELECT 1", False),
        ("\ufeff  /* $(Name) */ SELECT '$(Name)'", True),
        ("/* a /* nested $(Name) */ $(Name) */ SELECT 1", True),
        ("/* without an end $(Name)", True),
        ("SELECT 1 /* $(Name) */", True),  # only the head is looked through
    ],
)
def test_variables_in_the_head_of_a_script_count_for_nothing(
    text: str, *, has_variables: bool
) -> None:
    document = Document(Path("a.sql"), text.encode())

    assert document.may_have_variables == has_variables
