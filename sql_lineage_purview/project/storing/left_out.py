"""The folders that no scan looks into."""

from __future__ import annotations

CACHE_FOLDER = ".sql-lineage-purview-cache"
# What belongs to tools, never to a database. `bin` and `obj` are not here: to some they are build
# results, to others objects.
LEFT_OUT = frozenset({".git", ".hg", ".svn", ".vs", CACHE_FOLDER})
