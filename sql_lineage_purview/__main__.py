"""`python -m sql_lineage_purview` is the command `sql-lineage-purview`."""

from __future__ import annotations

from sql_lineage_purview.cli import run

# Processes that share the work of a scan load this file too, and must not start another scan.
if __name__ == "__main__":
    run()
