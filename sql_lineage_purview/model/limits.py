"""How much is read and built at most.

A person comes near none of these; whoever wants to stop a build does in a few lines.

`docs/security.md` lists them.
"""

from __future__ import annotations

_MB = 1 << 20

# --- what is read ---------------------------------------------------------------------------------
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
ENTRY_BYTES = 256 * _MB  # an entry of the cache, unpacked
STORE_BYTES = 1024 * _MB  # the whole cache
GIT_BYTES = 64 * _MB  # a file of git
ANSWER_BYTES = 128 * _MB  # an answer of the account, unpacked
ANSWER_OBJECTS = 2_000_000  # objects and arrays in it

# --- what the commands of SQLCMD bring about, in one script ---------------------------------------
INCLUDED_FILES = 1_000  # by all its `:r`
INCLUDED_BYTES = 16 * _MB
VARIABLES = 1_000  # that it sets
VARIABLE_CHARACTERS = 100_000  # the value of one variable
EXPANDED_CHARACTERS = 2 * _MB  # all that the values of variables add

# --- what strings become, in one file with the strings that it executes ---------------------------
STRING_CHARACTERS = 1_000_000  # one string
ALTERNATIVES = 16  # that one expression may be
LISTED_ROWS = 500  # of `FROM (VALUES …)` or STRING_SPLIT that a string is put together from
PIECE_CHARACTERS = 1_000  # what one piece of a string counts as: a text, or a hole
BUILT_CHARACTERS = 256 * _MB  # all strings that are put together
FOLDED_TOKENS = 20_000_000  # that are read for it, those of each call within calls once more
# the SQL of all strings that are executed, beside four times the file's own length
EXECUTED_CHARACTERS = 128 * 1024
# the SQL of all strings of a scan that become known by what callers pass,
LINKED_CHARACTERS = 8 * _MB
STATEMENT_SHARE_OF_STRINGS = 1_000  # and for each of its statements

# --- edges ----------------------------------------------------------------------------------------
# columns that come together in the columns of one statement, those on the way included
FOLLOWED_FLOWS = 500_000
# such columns in all statements of a scan, and those that they write, each time that they are run,
SCAN_FLOWS = 2_000_000
STATEMENT_SHARE_OF_FLOWS = 1_000  # and for each of its statements;
# a statement of no more has as much again, so that not all lineage is lost where a few take all
SMALL_FLOWS = 100
QUERY_COLUMNS = 10_000  # of a query; a server gives 4,096
STATEMENT_EDGES = 100_000  # column edges of one statement
SCAN_EDGES = 200_000  # column edges of a scan,
STATEMENT_SHARE_OF_EDGES = 200  # and for each of its statements
CALLED_STATEMENTS = 60_000  # statements that are run on behalf of callers, in a module or script
SCAN_CALLED_STATEMENTS = 60_000  # in a scan,
STATEMENT_SHARE_OF_CALLS = 20  # and for each of its statements
