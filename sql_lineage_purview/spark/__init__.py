"""Scans on Apache Spark: files of any store to facts, a table, and on the driver to lineage.

Example:
    files = spark.read.format("binaryFile").load(f"{ROOT}/**/*.sql").select("path", "content")
    facts = compile_files(files, settings, root=ROOT)
    document = render_json(link_facts(facts, settings).graph)

Only this room imports pyspark and pandas, which the extra `spark` brings. What runs on the driver
is the scan of a folder in all but two things: the texts of most scripts stay where they are, and
their facts come from the table.
"""

from __future__ import annotations

from .facts_linking import link_facts
from .facts_table import compile_files

__all__ = ["compile_files", "link_facts"]
