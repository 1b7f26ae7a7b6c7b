"""The behaviour of an emulator from the words of a command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import fields

from sql_lineage_purview.cli import main
from sql_lineage_purview.emulator import Collection, CollectionRole, Limits, Switches
from sql_lineage_purview.emulator.testing.option_words import (
    LIMITS,
    SWITCHES,
    read_collection,
    read_limits,
    read_rate,
    read_role,
    read_switches,
)

PAGE = (Path(__file__).parents[2] / "docs/emulator.md").read_text(encoding="utf-8")


def test_the_first_word_of_a_switch_is_its_default():
    assert read_switches(f"{name}={words[0]}" for name, words in SWITCHES.items()) == Switches()


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for name, words in SWITCHES.items() for word in words]
)
def test_every_word_of_every_switch(name, word):
    assert getattr(read_switches([f"{name}={word}"]), name.replace("-", "_")) == word


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_has_its_row(name):
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` ")]
    assert row.split("|")[2].strip() == ", ".join(f"`{word}`" for word in SWITCHES[name])


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_has_its_row_with_its_default(name):
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` ")]
    default = getattr(Limits(), LIMITS[name])
    shown = row.split("|")[2].strip()
    if default is None:
        assert shown == "none"
    else:
        assert read_limits([f"{name}={shown}"]) == Limits()


def test_limits():
    words = ["entities=200", "property=16KB", "asset=3mb", "url=100"]
    assert read_limits(words) == Limits(
        url_bytes=100, property_bytes=16 * 1024, asset_bytes=3 * 1024**2, entities=200
    )
    assert set(LIMITS.values()) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize(
    ("word", "rate"), [("25/s", 25), ("25", 25), ("1500/min", 25), ("0.5/s", 0.5)]
)
def test_rates(word, rate):
    assert read_rate(word) == rate


def test_collections_and_roles():
    assert [read_collection(word) for word in ("a", "a/b")] == [
        Collection("a"),
        Collection("b", "a"),
    ]
    assert read_role("me=data-curator") == CollectionRole("me", "data-curator")
    assert read_role("me=data-reader@a") == CollectionRole("me", "data-reader", "a")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--switch", "deletez=hard"], "deletez=hard: did you mean deletes."),
        (["--switch", "xyz=hard"], "xyz=hard: known are bulk, deletes,"),
        (["--switch", "deletes=now"], "deletes=now: deletes is one of soft, hard."),
        (
            ["--limit", "property=lots"],
            "property=lots: a limit is a number such as 200, 16KB or 2MB, and not 0.",
        ),
        (["--limit", "page=0"], "page=0: a limit is a number"),
        (["--rate", "fast"], "fast: a rate is a number of operations such as 25/s or 1500/min."),
        (["--rate", "0"], "0: a rate is"),
        (["--collection", "a/"], "a/: a collection is NAME, or PARENT/NAME."),
        (["--role", "me=owner"], "me=owner: a role is PRINCIPAL=ROLE"),
        (["--fault", "429:soon"], "'429:soon' is no fault: 'soon' is not understood"),
    ],
)
def test_what_is_wrong_is_reported_before_anything_starts(capsys, tmp_path, arguments, message):
    file = tmp_path / "state.sqlite"
    assert main(["emulator", "--port", "0", "--file", str(file), *arguments]) == 2
    assert f"error: {message}" in capsys.readouterr().err
    assert not file.exists()
