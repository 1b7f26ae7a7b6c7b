"""A scan that is patched is what linking all gives, whatever has been edited before.

The scripts are those of `tests/dependent_scripts.py`, each of which may hold several of these. What
cannot be patched is linked, which `test_relinking` is the law of.
"""

from __future__ import annotations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker import LinkOptions
from tests.dependent_scripts import SCRIPT
from tests.linking import lineage_of
from tests.patching import Repository

PATHS = tuple(f"{number}.sql" for number in range(6))
TEXT = st.lists(SCRIPT, min_size=1, max_size=3).map("\nGO\n".join)
EDITS = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(PATHS), TEXT, min_size=1, max_size=2),
        st.tuples(st.sampled_from(PATHS), SCRIPT),  # a file says one thing more
    ),
    min_size=1,
    max_size=5,
)
OPTIONS = st.builds(LinkOptions, case_sensitive=st.booleans(), keep_temporary=st.booleans())


@given(st.dictionaries(st.sampled_from(PATHS), TEXT, min_size=3), EDITS, OPTIONS)
@settings(max_examples=100)
def test_a_patched_scan_is_what_linking_all_gives(
    scripts: dict[str, str], edits: list[dict[str, str] | tuple[str, str]], options: LinkOptions
) -> None:
    repository = Repository.of(scripts, options)
    for edit in edits:
        if isinstance(edit, dict):
            texts = edit
        else:
            path, more = edit
            texts = {path: f"{repository.scripts.get(path, '')}\nGO\n{more}"}
        changed = {path: text for path, text in texts.items() if path in repository.scripts}
        is_patched = repository.edit(changed)
        event("patched" if is_patched else "linked")

        assert repository.graph == lineage_of(repository.scripts, options)
