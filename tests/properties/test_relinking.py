"""Whatever is changed between two runs, linking anew what has changed gives what linking all gives.

The scripts are drawn from forms that depend on each other in each way there is: columns through
views, calls, temporary tables of callers, strings, synonyms, renames, triggers, definitions that
stand twice, and names that are spelled in several ways.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.linker import KeptLinks, LinkOptions
from tests.linking import lineage_of
from tests.relinking import kept_in_a_store, relinked

OBJECTS = ("a", "b", "c", "A")
FORMS = (
    "CREATE TABLE dbo.{x} (k int, v int);",
    "CREATE TABLE dbo.{x} (v int);",
    "CREATE VIEW dbo.{x} AS SELECT * FROM dbo.{y};",
    "CREATE VIEW dbo.{x} AS SELECT v AS k FROM dbo.{y} UNION ALL SELECT k FROM dbo.{z};",
    "CREATE SYNONYM dbo.{x} FOR dbo.{y};",
    "CREATE PROCEDURE dbo.{x} AS INSERT dbo.{y} SELECT * FROM dbo.{z};",
    "CREATE PROCEDURE dbo.{x} AS INSERT #w (v) SELECT v FROM dbo.{y};",
    "CREATE PROCEDURE dbo.p{x} AS CREATE TABLE #w (v int); EXEC dbo.{y}; "
    "INSERT dbo.{z} (v) SELECT v FROM #w;",
    "CREATE PROCEDURE dbo.q{x} @t sysname AS EXEC ('INSERT dbo.{y} (v) SELECT v FROM ' + @t);",
    "CREATE PROCEDURE dbo.r{x} AS EXEC dbo.q{y} 'dbo.{z}'; EXEC dbo.q{z} 'dbo.Late';",
    "CREATE PROCEDURE dbo.s{x} @v int OUTPUT AS SELECT @v = v FROM dbo.{y}; EXEC dbo.s{z} @v;",
    "CREATE FUNCTION dbo.f{x} (@v int) RETURNS TABLE AS RETURN SELECT v + @v AS v FROM dbo.{y};",
    "INSERT dbo.{x} (v) SELECT f.v FROM dbo.f{y} (1) AS f JOIN dbo.{z} ON f.v = k;",
    "SELECT * INTO dbo.{x} FROM dbo.{y};",
    "EXEC sp_rename 'dbo.{x}', '{y}';",
    "ALTER TABLE dbo.{x} ADD w int; INSERT dbo.{y} SELECT * FROM dbo.{x};",
    "CREATE TRIGGER dbo.t{x} ON dbo.{y} INSTEAD OF INSERT AS "
    "INSERT dbo.{z} (v) SELECT v FROM inserted;",
    "UPDATE dbo.{x} SET v = (SELECT MAX(v) FROM dbo.{y}) WHERE k IN (SELECT k FROM DBO.{z});",
    "SELECT v INTO ##g FROM dbo.{x}; INSERT dbo.{y} (v) SELECT v FROM ##g;",
    "SELECT k, v INTO dbo.new_{x} FROM dbo.{y}; DROP TABLE dbo.{x}; "
    "EXEC sp_rename 'dbo.new_{x}', '{x}';",
)
SCRIPT = st.builds(
    lambda form, x, y, z: form.format(x=x, y=y, z=z),
    st.sampled_from(FORMS),
    *(st.sampled_from(OBJECTS),) * 3,
)
PATHS = tuple(f"{number}.sql" for number in range(7))
STATES = st.lists(
    st.dictionaries(st.sampled_from(PATHS), SCRIPT, min_size=1, max_size=3),
    min_size=2,
    max_size=5,
)


@given(st.dictionaries(st.sampled_from(PATHS), SCRIPT, min_size=3), STATES, st.booleans())
@settings(max_examples=150, deadline=None)
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
