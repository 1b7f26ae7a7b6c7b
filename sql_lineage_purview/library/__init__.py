"""What Python programs call: folders or texts to lineage, questions to it, and its publication.

`sql_lineage_purview` itself offers the names; they stand here so that it loads nothing before
somebody uses one.
"""
