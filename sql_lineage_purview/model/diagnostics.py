"""Diagnostics: what the tool could not do, where, and what a person can do about it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """`check` fails on errors and warnings; an INFO says only what is good to know."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


class Gap(StrEnum):
    """What a diagnostic takes from the lineage: a statement, a name, or a dynamic SQL string."""

    SYNTAX = "syntax"
    NAME = "name"
    DYNAMIC = "dynamic"


class Hidden(StrEnum):
    """Which uses of tables and columns a diagnostic may hide from whoever asks for them.

    OBJECTS: of any object. COLUMNS: of the columns of the tables that its statement names.
    """

    OBJECTS = "objects"
    COLUMNS = "columns"


class Span(Struct, frozen=True, gc=False, array_like=True):
    """A place in a file: its first line and column, and its end.

    Lines and columns count from 1, columns in code points; the end is behind the last
    character.
    """

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def holds(self, span: Span) -> bool:
        """Does another place begin in this one?"""
        return (
            (self.line, self.column) <= (span.line, span.column) < (self.end_line, self.end_column)
        )


class Rule(Struct, frozen=True):
    """A kind of diagnostic: what `explain CODE` prints and the page of diagnostics is made from.

    What the rooms do otherwise for some kinds stands here too, so that no room lists codes.

    Args:
        code: `SLP` and three digits, of which the first says the chapter.
        severity: Does it count as a finding of `check`?
        gap: What of the lineage is missing.
        title: In a few words.
        meaning: What has happened.
        remedy: What a person can do.
        refused: The grammar refuses the statement, so that the script may be none of T-SQL.
        shows_statement: The statement stands below the message, laid out.
        open_string: The text of a string that is executed is not known, or only in part.
        alternatives: Diagnostics of one place are readings of one string, told in one message.
        unseen: Why the script may hold more than the scan saw, `{}` being its path: nothing that
            comes from it is pruned. Empty where it holds no more.
        unseen_script: The scan lacks a script, which may be the one that any process comes from.
        may_succeed_later: What failed may go well the next time, as where memory was short: nothing
            that was found then is kept.
        hides: Which uses it may hide; None where its gap and `unseen` say it all, see `may_hide`.
        about_silencing: It is said of a comment that silences others, and none silences it.
        unknown_column: A column is not known; where a change has dropped it, that is the cause.
        in_pipelines: What a person can do besides, where it stands in a pipeline.
    """

    code: str
    severity: Severity
    gap: Gap | None
    title: str
    meaning: str
    remedy: str
    refused: bool = False
    shows_statement: bool = False
    open_string: bool = False
    alternatives: bool = False
    unseen: str = ""
    unseen_script: bool = False
    may_succeed_later: bool = False
    hides: Hidden | None = None
    about_silencing: bool = False
    unknown_column: bool = False
    in_pipelines: str = ""

    @property
    def may_hide(self) -> Hidden | None:
        """Which uses it may hide.

        A statement or string that is not known, and a script that holds more than the scan saw, may
        name anything. A name gap hides none by itself: what is named is known.
        """
        is_unknown = self.gap in (Gap.SYNTAX, Gap.DYNAMIC) or self.unseen
        return self.hides or (Hidden.OBJECTS if is_unknown else None)

    @property
    def chapter(self) -> str:
        """What the rules of its hundred are about."""
        return _CHAPTERS[self.code[:4]]


class Diagnostic(Struct, frozen=True, array_like=True):
    """One finding; `path` is relative to the scanned root, with `/`.

    `statement` is the statement it is about, laid out in lines, where that could not be read; its
    strings are blanked. `configuration` are lines to write into the configuration. `subject` is
    what the message begins with, `name: …`, where findings of one cause differ in nothing else.
    """

    code: str
    message: str
    span: Span
    path: str = ""
    statement: str | None = None
    configuration: tuple[str, ...] = ()
    subject: str = ""

    @classmethod
    def of(cls, subject: str, code: str, cause: str, span: Span, path: str) -> Diagnostic:
        """A finding about a subject; "" for none.

        Args:
            subject: what the message begins with, before a colon.
            code: that of the rule.
            cause: the rest of the message.
            span: where in the file.
            path: the file, as all paths of a scan are shown.
        """
        return cls(code, f"{subject}: {cause}" if subject else cause, span, path, subject=subject)

    @property
    def cause(self) -> str:
        """The message without its subject."""
        return self.message.removeprefix(f"{self.subject}: ") if self.subject else self.message

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """What findings are sorted by.

        Those that differ in their statement alone keep their order, so no set may hold them.
        """
        return (self.path, self.span.line, self.span.column, self.code, self.message)

    @property
    def rule(self) -> Rule:
        """The registry's row for this code."""
        return RULES[self.code]

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return self.rule.severity


def _registry(*rules: Rule) -> dict[str, Rule]:
    return {rule.code: rule for rule in rules}


_CHAPTERS = {
    "SLP0": "Reading files",
    "SLP1": "Understanding statements",
    "SLP2": "Resolving names",
    "SLP3": "Dynamic SQL",
    "SLP4": "Files that others name",
    "SLP5": "Several scripts",
    "SLP6": "Declared lineage",
    "SLP7": "Configuration",
    "SLP8": "Silenced findings",
    "SLP9": "Effects of a change",
}

RULES = _registry(
    Rule(
        "SLP001",
        Severity.ERROR,
        None,
        "File cannot be read",
        "The file exists but could not be read, so nothing in it is part of the lineage.",
        "Check its permissions, and that no other program holds it open.",
        hides=Hidden.OBJECTS,
    ),
    Rule(
        "SLP002",
        Severity.WARNING,
        None,
        "Not a text file",
        "The file is named like a script but holds binary data (NUL bytes that no encoding "
        "explains).",
        "Rename the file, or exclude it in the configuration (exclude = [...]).",
        hides=Hidden.OBJECTS,
    ),
    Rule(
        "SLP003",
        Severity.WARNING,
        None,
        "Unknown encoding",
        "The bytes are valid in no encoding that SQL tools write. The file was read as "
        "Windows-1252 with the odd bytes "
        "replaced, so names with other letters may be wrong.",
        "Save the file as UTF-8.",
        unseen="not all of {} is valid text",
    ),
    Rule(
        "SLP004",
        Severity.INFO,
        None,
        "Files not read",
        "The folder holds files that move data, or say how it is moved, and that this tool does "
        "not read: notebooks of Spark, "
        "data flows, SSIS packages, dbt models, scripts of another SQL dialect and the like. What "
        "they do is not part of the "
        "lineage. Each kind is told once, at the first of its files.",
        "scan --not-read lists them all. Declare their lineage by hand, name what can be read "
        "otherwise itself (a .dacpac, a "
        "script whose ending is not .sql), or exclude them in the configuration (exclude = [...]).",
    ),
    Rule(
        "SLP005",
        Severity.INFO,
        None,
        "Activities not followed",
        "Pipelines hold activities that move data, or may, and that this tool does not follow: "
        "data flows, notebooks, SSIS, "
        "Spark, functions, web calls and the like. What they do is not part of the lineage. Each "
        "kind is told once, at the first "
        "pipeline that holds one.",
        "scan --not-read lists the pipelines. Declare the lineage of these activities by hand.",
    ),
    Rule(
        "SLP101",
        Severity.WARNING,
        Gap.SYNTAX,
        "Statement not understood",
        "The statement breaks the grammar of T-SQL at the place shown, or the parser library "
        "could not read it. What could be "
        "read of it is part of the lineage all the same, at the least the tables that its words "
        "name.",
        "Check the statement with SQL Server. Where it is valid, report it as a gap of this tool.",
        refused=True,
        shows_statement=True,
    ),
    Rule(
        "SLP102",
        Severity.ERROR,
        Gap.SYNTAX,
        "Script breaks off",
        "A string, a comment, a parenthesis or a block is opened and never closed, so what stands "
        "behind it may be misread.",
        "Complete the script.",
        refused=True,
    ),
    Rule(
        "SLP103",
        Severity.WARNING,
        Gap.NAME,
        "Construct without lineage",
        "The statement was read, but it holds a construct whose data flow the tool does not know "
        "yet.",
        "Nothing is wrong with the script. Lineage through this construct must be added by hand.",
        hides=Hidden.COLUMNS,
    ),
    Rule(
        "SLP104",
        Severity.WARNING,
        Gap.SYNTAX,
        "Internal error in one statement",
        "The tool failed on this statement; all others of the file were still read. This is a "
        "defect of the tool.",
        "Report the statement, with the words of the message.",
        shows_statement=True,
        may_succeed_later=True,
    ),
    Rule(
        "SLP105",
        Severity.WARNING,
        Gap.SYNTAX,
        "Statement too long or too deep",
        "Reading this one statement took longer than a statement may, or it is nested more deeply "
        "than can be read (thousands of "
        "parentheses in one another), so it was given up. Its tables were taken from its words, "
        "as far as they were read; its "
        "columns are not part of the lineage. All other statements of the file were read.",
        "Split the statement, or declare its lineage by hand. Report it where a server runs it "
        "without trouble.",
        shows_statement=True,
    ),
    Rule(
        "SLP106",
        Severity.INFO,
        None,
        "Template",
        "The file is filled in by another program before it is run (`{{ x }}`, `${x}`, `#{x}`, "
        "`<%= x %>`, `{% if x %}`). What "
        "stands for a name is taken for one, what stands for a value or a clause has no lineage, "
        "and all branches are read, one "
        "behind the other.",
        "Scan the filled-in scripts where the branches or the names matter.",
    ),
    Rule(
        "SLP107",
        Severity.WARNING,
        Gap.DYNAMIC,
        "More than a script may build",
        "A script can be small and still make something huge: strings that double, SQLCMD "
        "variables made of one another, files "
        "brought in again and again, strings that execute strings. Each of these has a limit "
        "(docs/security.md). What lies "
        "beyond it is not part of the lineage; everything else is.",
        "Check the script: no limit is near what people write. Where it is right, split it, or "
        "declare the lineage by hand.",
    ),
    Rule(
        "SLP108",
        Severity.WARNING,
        Gap.NAME,
        "Too many column edges",
        "A statement leads so many columns to so many columns that each edge is no more use to "
        "anybody, and all of them would "
        "fill the memory. The edge between the tables is part of the lineage, those between their "
        "columns are not.",
        "Check the statement. Where it is right, split it, or declare the columns that matter by "
        "hand.",
    ),
    Rule(
        "SLP109",
        Severity.WARNING,
        Gap.NAME,
        "Name over several lines",
        "A name in brackets goes on over the end of a line and over another opening bracket, up "
        "to the first closing one. T-SQL takes that for a name, but nobody means it: the first "
        "bracket lacks its end, and what stands in between is no part of the lineage.",
        "Close the bracket.",
    ),
    Rule(
        "SLP201",
        Severity.WARNING,
        Gap.NAME,
        "Unknown column",
        "None of the tables in scope has a column of this name.",
        "Check the name, and that the table's definition in the scanned folder is the current one.",
        hides=Hidden.COLUMNS,
        unknown_column=True,
    ),
    Rule(
        "SLP202",
        Severity.WARNING,
        Gap.NAME,
        "Column of unknown origin",
        "The column is written without its table, and several tables in scope could have it: "
        "their definitions are not "
        "part of the scan. No edge was drawn, since it would be a guess.",
        "Qualify the column with its table's alias, add the definitions (CREATE TABLE) of the "
        "tables to the scan, or give a "
        "catalog that knows them (--catalog).",
        hides=Hidden.COLUMNS,
        unknown_column=True,
    ),
    Rule(
        "SLP203",
        Severity.WARNING,
        Gap.NAME,
        "Columns not known",
        "A * or an INSERT without a column list stands for columns that are not known, because "
        "the definition of a table "
        "is not part of the scan. The edge is drawn between the tables, its columns as *.",
        "Add the definition (CREATE TABLE) to the scan, give a catalog that knows it (--catalog), "
        "or name the columns.",
        hides=Hidden.COLUMNS,
    ),
    Rule(
        "SLP204",
        Severity.WARNING,
        Gap.NAME,
        "One table under two names",
        "The same schema and table occur with and without a database (dbo.t and Db.dbo.t). They "
        "may be one table; they are "
        "kept apart, since joining them would be a guess.",
        'Say which database the scripts belong to: database = "Db" in the configuration, or '
        "--database Db; where there are "
        "several, [folders] in the configuration.",
    ),
    Rule(
        "SLP205",
        Severity.WARNING,
        Gap.NAME,
        "Number of columns differs",
        "The query supplies another number of columns than the target, a column list or the "
        "variables of a FETCH have, or the "
        "branches of a set operation differ. Which value goes where is not known, so there is no "
        "column lineage, only that of "
        "the tables.",
        "Check the statement, and that the target's definition in the scanned folder is the "
        "current one.",
        hides=Hidden.COLUMNS,
    ),
    Rule(
        "SLP206",
        Severity.WARNING,
        Gap.NAME,
        "Module not in the scan",
        "Data passes through a procedure or function whose text is not part of the scan, so what "
        "it reads is not known.",
        "Add the module's CREATE statement to the scanned folder.",
        hides=Hidden.OBJECTS,
    ),
    Rule(
        "SLP207",
        Severity.INFO,
        None,
        "Recursion cut",
        "Modules or views refer to each other in a circle, which is not followed without end: "
        "until it adds nothing, or three times within itself.",
        "Nothing needs to be done.",
    ),
    Rule(
        "SLP208",
        Severity.WARNING,
        Gap.NAME,
        "Cursor or table not declared",
        "The statement uses a cursor, temporary table or table variable that nothing in the "
        "module, nor what calls it, "
        "declares, so its columns are not known.",
        "Check the name. Where a caller creates it, add the caller's script to the scan.",
        hides=Hidden.COLUMNS,
    ),
    Rule(
        "SLP209",
        Severity.WARNING,
        Gap.NAME,
        "Call not followed",
        "Modules call modules so deeply, or so often, that following each would take too long. "
        "What the callee does on its own "
        "is part of the lineage; what it does with this caller's arguments and temporary tables "
        "is not.",
        "Nothing is wrong with the script. Check the lineage of the tables that are written at "
        "the end of this chain of calls.",
    ),
    Rule(
        "SLP210",
        Severity.WARNING,
        Gap.NAME,
        "Change through a view refused",
        "INSERT, UPDATE, DELETE or MERGE goes through a view (or an inline function) in a way "
        "that SQL Server refuses: into a "
        "column that is computed, grouped or made by a set operation, into columns of several "
        "tables at once, or as a DELETE of "
        "rows that are joined. The edge ends at the view, or, of several tables, at each of them.",
        "Where a trigger INSTEAD OF the action does the work, add its script to the scan. "
        "Otherwise write to the table itself.",
    ),
    Rule(
        "SLP211",
        Severity.WARNING,
        Gap.NAME,
        "Table beneath a view not known",
        "Rows are changed through a view or function of which the text is not part of the scan, "
        "or whose columns are not known, "
        "so the table that is changed is not known. The edge ends at the view; of a function "
        "there is none.",
        "Add the script of the view or function, or of the tables it reads, to the scan.",
        hides=Hidden.OBJECTS,
    ),
    Rule(
        "SLP214",
        Severity.WARNING,
        Gap.NAME,
        "Temporary table with more columns",
        "A column is read that none of the known columns is, where a temporary table may have "
        "others: a string that is not fully "
        "known has altered it, or it lived while a procedure outside of the scan was called. "
        "Where the column comes from is not "
        "known, and it is taken for no column of another table. Told once for each table.",
        "Add the procedure to the scan, or name the table before the column where it is another "
        "one's.",
        hides=Hidden.COLUMNS,
    ),
    Rule(
        "SLP215",
        Severity.WARNING,
        Gap.NAME,
        "Loop not followed to its end",
        "In each round of a loop values go on from one variable or table to the next. Rounds are "
        "followed until one adds nothing, but not more than a few, and the last of these still "
        "added something: what only later rounds would bring is not part of the lineage.",
        "Check the tables that are written in the loop and behind it, and declare by hand what "
        "they lack.",
    ),
    Rule(
        "SLP301",
        Severity.WARNING,
        Gap.DYNAMIC,
        "Dynamic SQL not known",
        "A string is executed, or the end of a Copy activity named, that could not be put together "
        "from constants, those of callers in the scan included. What is "
        "known of it is followed: a table of whose name a part is known stands as a pattern, "
        "dbo.${@table}, and is never "
        "published.",
        "Add the scripts that call the procedure to the scan; where it always runs the same "
        "statement, write that statement; "
        "otherwise declare the lineage by hand.",
        in_pipelines="Scan what calls or triggers the pipeline too, or give its parameters "
        "defaults.",
        open_string=True,
        alternatives=True,
    ),
    Rule(
        "SLP302",
        Severity.WARNING,
        Gap.DYNAMIC,
        "Module created by a string",
        "A string that is executed creates a procedure, view, function or trigger on another "
        "server, or one whose text is known "
        "only in part, so what it reads and writes is not part of the lineage.",
        "Keep the module's CREATE statement in a script of its own.",
        open_string=True,
    ),
    Rule(
        "SLP303",
        Severity.WARNING,
        Gap.DYNAMIC,
        "A program is run",
        "xp_cmdshell, or a step of a job, runs a program, a package or a script that is not "
        "T-SQL. What it reads and writes is "
        "not part of the lineage. SQL that bcp and sqlcmd are given in their command is followed.",
        "Declare the lineage by hand (-- lineage: dbo.Source -> dbo.Target).",
    ),
    Rule(
        "SLP304",
        Severity.WARNING,
        Gap.DYNAMIC,
        "Script in another language",
        "A script in R, Python or another language makes rows or values of the rows that it is "
        "given. Each column that comes out "
        "is shown as made of every column that goes in; what else the script reads and writes is "
        "not part of the lineage.",
        "Check the edges of this statement, and declare by hand what they lack.",
    ),
    Rule(
        "SLP305",
        Severity.WARNING,
        Gap.DYNAMIC,
        "Rows are moved by a service",
        "The statement sets up replication, a streaming job or a data collector, which moves rows "
        "by itself later. That is not "
        "part of the lineage.",
        "Declare the lineage by hand (-- lineage: dbo.Source -> dbo.Target).",
    ),
    Rule(
        "SLP401",
        Severity.INFO,
        None,
        "SQLCMD variable without a value",
        "$(name) is defined neither by :setvar nor by --var, so it stays in the names as written.",
        "Give its value: --var NAME=VALUE, or variables in the configuration.",
    ),
    Rule(
        "SLP402",
        Severity.WARNING,
        None,
        "Included file outside the scanned folder",
        ":r names a file outside the scanned root. It was not read.",
        "Scan the folder that holds both files.",
        unseen="{} includes a script from outside the scanned folder",
        unseen_script=True,
    ),
    Rule(
        "SLP403",
        Severity.WARNING,
        None,
        "Included file missing",
        ":r names a file that does not exist or cannot be read.",
        "Check the path: it is relative to the file that holds the :r.",
        unseen="{} includes a script that is missing",
        unseen_script=True,
    ),
    Rule(
        "SLP404",
        Severity.WARNING,
        None,
        "Files include each other",
        ":r names a file that is already being read. The circle was cut here.",
        "Remove one of the :r commands.",
    ),
    Rule(
        "SLP405",
        Severity.WARNING,
        Gap.NAME,
        "End of a copy not known",
        "A Copy activity of a pipeline names a dataset or linked service that is not part of the "
        "scan, or that does not tell "
        "which table or file it is. What is copied there is not part of the lineage.",
        "Scan the folder that holds pipeline, dataset and linkedService together; what a linked "
        "service keeps elsewhere, tell in "
        "the configuration: linked_services.",
        unseen="an end of a copy of {} is not known",
    ),
    Rule(
        "SLP501",
        Severity.INFO,
        None,
        "Defined twice",
        "Two scripts define an object of one name. Lineage uses the later one, in the order of "
        "paths.",
        "Remove one of them, or scan the databases they belong to one at a time.",
    ),
    Rule(
        "SLP502",
        Severity.WARNING,
        None,
        "Folders look like several databases",
        "Folders define tables of the same names again and again, with other columns, and nothing "
        "says which databases their "
        "scripts are in. They are read as one database, so lineage goes through tables that are "
        "different ones in truth.",
        "Write the lines that the finding shows into the configuration, with the names of the "
        "databases. Where the folders are "
        "one database, exclude what does not count.",
    ),
    Rule(
        "SLP503",
        Severity.INFO,
        None,
        "Two projects are one database",
        "Several database projects have the same name, so their objects are taken for those of "
        "one database.",
        "Where they are different databases, or copies that do not count, say so in the "
        "configuration: [folders], or exclude.",
    ),
    Rule(
        "SLP504",
        Severity.INFO,
        None,
        "Defined in another project alone",
        "Scripts of a database project name objects that it does not define, and that one other "
        "project of the scan does, to "
        "which it has no reference. They are kept apart: each project is a database of its own.",
        "Where both are one database, add a reference without a database variable to the project, "
        "or map both folders to one "
        "name: [folders] in the configuration.",
    ),
    Rule(
        "SLP601",
        Severity.WARNING,
        None,
        "Declared lineage not understood",
        "A comment that begins with -- lineage: does not say which table's data reaches which.",
        "Write -- lineage: dbo.Source -> dbo.Target, or with columns -- lineage: dbo.Source (a, "
        "b) -> dbo.Target (x, y).",
    ),
    Rule(
        "SLP602",
        Severity.WARNING,
        None,
        "Declared lineage has lost an end",
        "Lineage was declared by hand, and one of its tables or columns is neither in the scan "
        "nor in a catalog, which both know "
        "others of its database or table.",
        "Correct the name, or remove the declaration.",
    ),
    Rule(
        "SLP603",
        Severity.WARNING,
        None,
        "Declared lineage is derived",
        "Lineage was declared by hand that the scan derives by itself now. What is derived "
        "counts, and the declaration is not "
        "published.",
        "Remove the declaration.",
    ),
    Rule(
        "SLP701",
        Severity.WARNING,
        None,
        "No script in a configured folder",
        "A key of [folders] names a folder, or is a pattern for folders, below what was "
        "scanned, and no script lies there. The scripts that it was meant for may belong to "
        "no database, or to another one.",
        "Correct the key: it is seen from the folder of the configuration. Remove it where "
        "the folder is gone.",
    ),
    Rule(
        "SLP702",
        Severity.WARNING,
        None,
        "No such database in the scan",
        "A key of [databases], a name or a pattern, is that of no database of the scan, "
        "though this covers all that lies beside the configuration. Tables of the database "
        "that it was meant for are on no server, so nothing of theirs is published.",
        "Correct the key: it is the name that scripts, [folders] or a database project call "
        "the database. Remove it where the database is gone.",
    ),
    Rule(
        "SLP703",
        Severity.WARNING,
        None,
        "Database of the scripts is not configured",
        "database, or --database, says which database all scripts belong to. It matches no "
        "key of [databases], or, where there are none, no database project of the scan. Their "
        "tables are on no server, so nothing of theirs is published.",
        "Correct the name, or add its row [databases.NAME], which also says that a database "
        "project is deployed under that name.",
    ),
    Rule(
        "SLP704",
        Severity.WARNING,
        None,
        "No such table in the scan",
        "A key of [pins], or a pattern of exclude in [publish], is the name of no table or file of "
        "the scan, though this covers all that lies beside the configuration. The asset of a table "
        "is then another one than was said, or what was to be kept out of the catalogue is "
        "published.",
        "Correct the name: it is the one that a scan shows, with its database where it has one. "
        "Remove it where the table is gone.",
    ),
    Rule(
        "SLP801",
        Severity.INFO,
        None,
        "Nothing to silence",
        "A comment -- sql-lineage: ignore[…] silences a finding that is not there, or no more.",
        "Remove the comment.",
        about_silencing=True,
    ),
    Rule(
        "SLP802",
        Severity.WARNING,
        None,
        "Silenced without a reason",
        "A comment that silences findings names no code, one that there is not, or does not say "
        "why. It silences the codes that it names all the same.",
        "Write -- sql-lineage: ignore[SLP301] reason, at the end of the line of the finding or "
        "alone on the line above.",
        about_silencing=True,
    ),
    Rule(
        "SLP901",
        Severity.ERROR,
        None,
        "Gone, and in use",
        "A change drops or renames a table, view, column or module that others use, or that a key, "
        "an index or another definition names. Told where it is used, with the file that defined "
        "it; only where two states are compared.",
        "Change the user too, or keep what it uses.",
    ),
    Rule(
        "SLP902",
        Severity.INFO,
        None,
        "Lineage removed",
        "A change removes all lineage from one table to another, and both are still there. Only "
        "where two states are compared.",
        "Nothing, where that is what the change is for.",
    ),
    Rule(
        "SLP903",
        Severity.ERROR,
        None,
        "Nothing defines it",
        "A change lets a module read, write or call an object that no script defines, and no "
        "catalog tells, though the scan knows all objects of its database: a database project, a "
        "package or a catalog says so. Only where two states are compared.",
        "Correct the name, or add the definition.",
    ),
    Rule(
        "SLP904",
        Severity.INFO,
        None,
        "Defined nowhere in the scan",
        "A change reads, writes or calls an object that the scan knows no definition of, though it "
        "knows others of the same schema. It may be misspelt, or be defined where the scan does "
        "not look. Only where two states are compared.",
        "Correct the name, or add the definition (a script, a package, a catalog).",
    ),
)
