"""What a script's strings and comments hold is in nothing the tool writes, prints or sends."""

from __future__ import annotations

import tempfile
import textwrap
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.secret_words import Literals, names_secret
from sql_lineage_purview.tsql.disclosure import disclosed

from .secret_forms import FORMS, Form
from .secret_law import Draw, draw, leaks
from .secret_shapes import FILES, SHAPES, Secret

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
START, END = "<!-- made by tests/properties/test_secrets.py -->\n", "<!-- end -->\n"

# Drawn apart from the form, so that each is seen in a run; what a failing example prints is the
# draw that leaks.
draws = st.builds(lambda seed: draw(Random(seed)), st.integers(0, 2**48))  # noqa: S311 - draws, no secrets
SECRET = Secret("Zqh7ushHush2", " ", "ZqR8aw3Sesam")


@given(st.lists(draws, min_size=25, max_size=25))
# a folder takes long to shrink
@settings(max_examples=2, phases=[Phase.explicit, Phase.generate])
def test_no_command_gives_a_secret_away(drawn: list[Draw]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert sorted({(one, place) for one, place in leaks(drawn, Path(folder))}, key=repr) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_no_form_in_any_shape_is_seen(shape: str) -> None:
    scripts = {name: Draw(name, shape, "a script", SECRET).sql for name in FORMS}
    assert [name for name, sql in scripts.items() if "Zq" in disclosed(sql)] == []


SAYING_SO = [form for form in FORMS.values() if names_secret(form.statement + form.content)]


@pytest.mark.parametrize("form", SAYING_SO, ids=lambda form: form.name)
def test_where_literals_are_kept_forms_that_say_so_are_not_seen(form: Form) -> None:
    for shape in SHAPES:
        assert "Zq" not in disclosed(
            Draw(form.name, shape, "a script", SECRET).sql, Literals.KEEP
        ), shape


def test_the_page_lists_what_is_drawn(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, tail = text.partition(START)
    listed = {
        f"{len(FORMS)} forms": FORMS,
        f"{len(SHAPES)} shapes": SHAPES,
        f"{len(FILES)} kinds of file": FILES,
    }
    rows = (
        textwrap.fill(f"- {kind}: {'; '.join(names)}.", 125, subsequent_indent="  ")
        for kind, names in listed.items()
    )
    page = "".join((before, START, *(f"{row}\n" for row in rows), END, tail.partition(END)[2]))
    if request.config.getoption("--rewrite-specs"):
        PAGE.write_text(page, encoding="utf-8", newline="\n")
        text = page
    assert text == page
