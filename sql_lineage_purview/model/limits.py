"""How much is read and built at most. A person comes near none of these; whoever wants to stop a build does in a few lines.

`docs/security.md` lists them.
"""

from __future__ import annotations

_MB = 1 << 20

# --- what is read ------------------------------------------------------------------------------------------------------
SCRIPT_BYTES = 64 * _MB  # a script
DOCUMENT_BYTES = 32 * _MB  # a pipeline, notebook, dataset or other JSON file of a workspace
DOCUMENT_OBJECTS = 1_000_000  # objects and arrays in it
PROJECT_BYTES = 16 * _MB  # a database project
CONFIGURATION_BYTES = 4 * _MB  # a TOML file, a .gitignore, the numbers of earlier runs
CATALOG_BYTES = 256 * _MB  # a snapshot, or saved columns
MODEL_BYTES = 512 * _MB  # the unpacked model of a package
MODEL_OBJECTS = 200_000  # tables, types, synonyms and modules in it
OBJECT_ELEMENTS = 200_000  # XML elements of one of these
OBJECT_CHARACTERS = 32 * _MB  # text in one of these
PROPERTY_CHARACTERS = 16 * _MB  # all values of the properties of one database project
PLAN_BYTES = 1024 * _MB  # a saved plan
ENTRY_BYTES = 256 * _MB  # an entry of the cache
GIT_BYTES = 64 * _MB  # a file of git

# --- what the commands of SQLCMD bring about ------------------------------------------------------------------------------
INCLUDED_FILES = 1_000  # by all the `:r` of one script
INCLUDED_BYTES = 64 * _MB
VARIABLE_CHARACTERS = 100_000  # the value of one variable
EXPANDED_CHARACTERS = 16 * _MB  # all values that stand in one script
