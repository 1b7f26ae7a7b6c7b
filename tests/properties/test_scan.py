"""A scan answers the same, byte for byte, for any number of workers and state of the cache."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.render.json_document import render_json

from .drawing import Drawn, drawn_lineages
from .pen import Pen
from .steps import STEPS
from .writing import ENDINGS, Shape, write

shapes = st.builds(
    Shape,
    steps=st.lists(st.sampled_from(STEPS), max_size=3).map(tuple),
    ending=st.sampled_from(ENDINGS),
    union=st.booleans(),
    procedure=st.booleans(),
    pen=st.integers(0, 2**32).map(lambda seed: Pen(Random(seed))),  # noqa: S311  # layout, not a secret
)
projects = st.lists(st.tuples(drawn_lineages(), shapes), min_size=1, max_size=6)


def save(folder: Path, project: list[tuple[Drawn, Shape]]) -> None:
    for number, (drawn, shape) in enumerate(project):
        (folder / f"{number}_tables.sql").write_text(drawn.definitions, encoding="utf-8")
        encoding = ("utf-8", "utf-8-sig", "utf-16")[number % 3]
        (folder / f"{number}_load.sql").write_text(write(drawn, shape), encoding=encoding)


@given(project=projects)
# a project takes long to shrink
@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
def test_cold_warm_and_without_a_cache(project: list[tuple[Drawn, Shape]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(folder, project)
        alone = render_json(scan([folder], Settings(jobs=1), use_cache=False).graph)
        cold = render_json(scan([folder], Settings(jobs=1)).graph)
        warm = render_json(scan([folder], Settings(jobs=1)).graph)
    assert alone == cold == warm


@given(project=st.lists(st.tuples(drawn_lineages(), shapes), min_size=14, max_size=14))
@settings(max_examples=2, phases=[Phase.explicit, Phase.generate])
def test_several_workers(project: list[tuple[Drawn, Shape]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(folder, project)
        alone = render_json(scan([folder], Settings(jobs=1), use_cache=False).graph)
        shared = render_json(scan([folder], Settings(jobs=2), use_cache=False).graph)
    assert alone == shared
