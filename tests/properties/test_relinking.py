"""Whatever is changed between two runs, linking anew what has changed gives what linking all gives.

The scripts are those of `tests/dependent_scripts.py`.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker import KeptLinks, LinkOptions
from tests.dependent_scripts import SCRIPT
from tests.linking import lineage_of
from tests.relinking import kept_in_a_store, relinked

PATHS = tuple(f"{number}.sql" for number in range(7))
STATES = st.lists(
    st.dictionaries(st.sampled_from(PATHS), SCRIPT, min_size=1, max_size=3),
    min_size=2,
    max_size=5,
)


@given(st.dictionaries(st.sampled_from(PATHS), SCRIPT, min_size=3), STATES, st.booleans())
@settings(max_examples=150)
def test_linking_anew_what_has_changed_gives_what_linking_all_gives(
    scripts: dict[str, str], edits: list[dict[str, str]], keep_temporary: bool
) -> None:
    options = LinkOptions(keep_temporary=keep_temporary)
    links: KeptLinks | None = None
    for edit in [{}, *edits]:
        # what stands there already is taken away
        gone = {path for path in edit if scripts.get(path) == edit[path]}
        scripts = {path: text for path, text in {**scripts, **edit}.items() if path not in gone}
        graph, links = relinked(scripts, links, options)

        assert graph == lineage_of(scripts, options)
        links = kept_in_a_store(links)
