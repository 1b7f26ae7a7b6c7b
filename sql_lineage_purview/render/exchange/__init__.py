"""The lineage for other programs: diagrams as text, and events of OpenLineage."""
