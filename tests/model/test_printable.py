from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.printable import UNPRINTABLE, one_line, to_json, without_commands
from sql_lineage_purview.render.csv_text import csv_text
from sql_lineage_purview.render.json_line import json_line

PIECES = st.sampled_from(
    [
        *"##vso[ ##[ ##teamcity[ ::set-output ::error :: = + - @ ' \\ \\u{ u{23} #".split(),
        "\r",
        "\n",
        " ",
    ]
    + [
        chr(code)
        for code in (
            0,
            7,
            0x1B,
            0x7F,
            0x85,
            0xAD,
            0x200B,
            0x200E,
            0x202E,
            0x2066,
            0x2028,
            0xFEFF,
            0xE0041,
        )
    ]
)
NAMES = st.lists(
    st.one_of(PIECES, st.text(st.characters(exclude_categories=["Cs"]), max_size=5)), max_size=8
).map("".join)
# What Azure DevOps and GitHub obey.
OBEYED = re.compile(r"##\w*\[|(?m:^[ \t]*::\w)|::(?:set-output|error)\b")


@given(NAMES)
def test_a_line_shows_nothing_that_hides_and_commands_nothing(name: str) -> None:
    line = without_commands(one_line(name))

    assert not UNPRINTABLE.search(line)
    assert not OBEYED.search(line)


@given(st.lists(NAMES, min_size=1))
def test_json_says_the_same_and_neither(names: list[str]) -> None:
    text = to_json({name: name for name in names}, indent=1)

    assert json.loads(text) == {name: name for name in names}
    assert not UNPRINTABLE.search(text.replace("\n", ""))
    assert not OBEYED.search(text)


@given(st.lists(NAMES, min_size=1), st.integers())
def test_a_line_of_json_is_the_same_made_faster(names: list[str], number: int) -> None:
    row = {"names": names, "number": number, "none": None, "empty": [], "is": True, "row": {}}

    assert json_line(row) == to_json(row)


def read_back(cell: str) -> str:
    return re.sub(
        r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), cell.removeprefix("'")
    )


@given(st.lists(NAMES, min_size=2, max_size=3))
def test_cells_are_no_formulas_and_can_be_read_back(names: list[str]) -> None:
    text = csv_text([names])
    [row] = csv.reader(io.StringIO(text, newline=""))

    assert list(map(read_back, row)) == names
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert not UNPRINTABLE.search(text.removesuffix("\n"))
    assert not OBEYED.search(text)


@pytest.mark.parametrize(
    "text", ["dbo.[a b]", "Straße", "表", "geography::Parse", "a#b", "##t", "x = -1"]
)
def test_what_harms_nobody_stays_as_it_is(text: str) -> None:
    assert without_commands(one_line(text)) == text
    assert to_json(text) == json.dumps(text, ensure_ascii=False)
    assert csv_text([[text]]) == f"{text}\n"
