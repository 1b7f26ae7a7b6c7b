"""Lineage of T-SQL and Synapse SQL, published to Microsoft Purview."""

__version__ = "0.1.0"
