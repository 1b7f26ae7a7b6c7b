"""System procedures that take SQL, or move rows by what their arguments say.

Here is what each of them runs, where, and for whom.

Those that are not named here, nor in `prepared`, move nothing by their arguments:
https://learn.microsoft.com/sql/relational-databases/
system-stored-procedures/system-stored-procedures-transact-sql. `sp_describe_first_result_set`,
`sp_create_plan_guide` and their like only look at SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from ...model.facts import Effect, ExecuteString, Pattern, Piece
from ...model.names import Name, bracketed, is_left_open
from ...model.regex import regex
from ...model.secret_words import without_login_and_query
from ..reading.agent_tokens import MARK, on_this_server, without_tokens
from ..strings.command_lines import ShellCommand, commands
from ..strings.deliveries import through_script, with_column
from ..strings.folding import FoldedString
from ..strings.own_variables import name_in_string
from ..strings.patterns import fixed, merged
from .parameters import declared, passed
from .system_call import SystemCall, SystemProcedure

_MARK = regex(r"\$\{[^}]*\}")


def system_procedure(name: Name) -> SystemProcedure | None:
    """What is to be known of the procedure of this name; None where its arguments move nothing."""
    schema = name.parts[-2].lower() if len(name.parts) > 1 else ""
    if schema == "jobs":  # of elastic jobs
        return _ELASTIC.get(name.object.lower())
    return _PROCEDURES.get(name.object.lower()) if schema in ("", "dbo", "sys") else None


# --- jobs and mails: sessions of their own --------------------------------------------------------


def _job_step(call: SystemCall, database: str = "") -> tuple[Effect, ...]:
    """A step of a job, as sp_add_jobstep or sp_update_jobstep gives it.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-add-jobstep-transact-sql
    """
    # a step that names no subsystem is T-SQL
    command, subsystem = call.text("@command"), call.text("@subsystem") or "TSQL"
    if not command:
        return ()
    if subsystem.upper() == "TSQL":
        call.run(
            # the agent logs in for itself: the step sees none of the temporary tables here
            FoldedString(_filled_by_agent(call), own_session=True),
            call.text("@database_name") or database,
        )
    elif subsystem.upper() == "CMDEXEC":
        _shell(call, on_this_server(command))
    elif is_left_open(subsystem):
        call.report(
            "SLP301", "the subsystem of a job's step is not known, so its command may be SQL or not"
        )
    else:
        call.report(
            "SLP303",
            "a job's step of the subsystem "
            f"{_called(subsystem, _SUBSYSTEMS, 'that it names')} is not read",
        )
    return ()


def _filled_by_agent(call: SystemCall) -> str:
    command = call.text("@command")
    text = without_tokens(command)
    if text.count(MARK) > command.count(MARK):
        call.report(
            "SLP301",
            f"{call.name}: a token of the agent is part of a name, so what it names is not known",
        )
    return text


def _new_job_step(call: SystemCall) -> tuple[Effect, ...]:
    # a new step without @database_name runs in master; sp_update_jobstep leaves what the step has
    return _job_step(call, "master")


def _elastic_job_step(call: SystemCall) -> tuple[Effect, ...]:
    """A step of an elastic job, whose rows may go into a table.

    Source:
    https://learn.microsoft.com/azure/azure-sql/database/elastic-jobs-tsql-create-manage
    """
    parts = [
        call.text(f"@output_{part}_name") for part in ("server", "database", "schema", "table")
    ]
    name = Name(
        (*parts[:2], parts[2] or "dbo", parts[3])
        if parts[0]
        else (*filter(None, parts[1:2]), parts[2] or "dbo", parts[3])
    )
    text = _filled_by_agent(call)
    call.run(
        FoldedString(text, own_session=True, into=name, match=())
        if parts[3]
        else FoldedString(text, own_session=True)
    )
    return ()


def _mail(call: SystemCall) -> tuple[Effect, ...]:
    """The rows of @query leave the database."""
    database = call.text("@execute_query_database") or call.text("@dbuse")
    if call.text("@query"):
        # the mail's query runs in a session apart, which sees no variable or temporary table here
        call.run(FoldedString(call.text("@query"), own_session=True), database)
    return ()


def _web_task(call: SystemCall) -> tuple[Effect, ...]:
    """sp_makewebtask, up to SQL Server 2008: the rows of @query go into a page."""
    return _into_file(call, call.text("@query"), call.text("@outputfile"), call.text("@dbname"))


def _into_file(
    call: SystemCall, query: str, file: str, database: str = "", server: str | None = None
) -> tuple[Effect, ...]:
    address = _address(file)
    if not address:
        call.report("SLP301", f"{call.name}: the file that the rows go into is not known")
    into = Name((without_login_and_query(address),), address=True) if address else None
    call.run(
        FoldedString(query, own_session=True, into=into, match=() if into else None, server=server),
        database,
    )
    return ()


def _address(file: str) -> str:
    """A file, what is not known of its name being any text; "" where its beginning is not known."""
    address = re.sub(r"\*+", "*", _MARK.sub("*", file))
    return "" if address.startswith("*") else address


# --- the caller's own session ---------------------------------------------------------------------


def _for_each(mark: str) -> Callable[[SystemCall], tuple[Effect, ...]]:
    """sp_MSforeachtable, sp_MSforeachdb: what stands for the table or database is any of them."""

    def follow(call: SystemCall) -> tuple[Effect, ...]:
        # sp_MSforeachtable 'TRUNCATE TABLE ?'
        replaced = call.text("@replacechar") or "?"
        effects: list[Effect] = []
        for parameter in ("@precommand", "@command1", "@command2", "@command3", "@postcommand"):
            text = call.text(parameter)
            # @precommand and @postcommand run once, and hold no table's name
            if replaced not in text or parameter[1] == "p":
                if text:
                    call.run(FoldedString(text), call.database)
                continue
            pieces: Pattern = tuple(
                piece
                for part in text.split(replaced)
                for piece in (Piece(mark, known=False), Piece(part))
            )
            before = (Piece(f"USE {bracketed(call.database)}; "),) if call.database else ()
            effects.append(
                ExecuteString(
                    merged((*before, *pieces[1:])),
                    call.context.span(call.tokens),
                    server=call.server,
                )
            )
        return tuple(effects)

    return follow


def _remote(call: SystemCall) -> tuple[Effect, ...]:
    """The call of sp_execute_remote.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-execute-remote-azure-sql-database
    """
    effects = passed(call.context, call.tokens, declared(fixed(call.text("@params"))), call.values)
    server = call.text("@data_source_name")
    # the rows of all shards come together, with a column that says from which one each is
    call.run(FoldedString(call.text("@stmt"), server=server, deliver=with_column("$ShardName")))
    return tuple(effects)


def _script(call: SystemCall) -> tuple[Effect, ...]:
    """sp_execute_external_script, where a script in another language makes rows.

    It makes them of the rows of @input_data_1 and of parameters.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-execute-external-script-transact-sql
    """
    language = _called(call.text("@language"), _LANGUAGES, "another language")
    call.report(
        "SLP304",
        f"what the script in {language} makes of its input, and what else it "
        "reads and writes, is not known",
    )
    parameters = declared(fixed(call.text("@params")))
    effects = passed(call.context, call.tokens, parameters, call.values)
    inputs = tuple(name_in_string(piece[0].value) for piece in parameters)
    outputs = tuple(
        name_in_string(piece[0].value)
        for piece in parameters
        if piece[-1].upper in ("OUTPUT", "OUT")
    )
    deliver = through_script(inputs, outputs, call.results)
    if call.text("@input_data_1"):
        call.run(FoldedString(call.text("@input_data_1"), deliver=deliver), call.database)
        return tuple(effects)
    return (*effects, *deliver(None))


def _predicted(call: SystemCall) -> tuple[Effect, ...]:
    """The call of sp_rxPredict.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rxpredict-transact-sql
    """
    call.report("SLP304", "which columns of its input a prediction is made of is not known")
    call.run(
        FoldedString(call.text("@inputdata"), deliver=through_script((), (), call.results)),
        call.database,
    )
    return ()


def _copied_in_batches(call: SystemCall) -> tuple[Effect, ...]:
    """The call of sp_copy_data_in_batches.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-copy-data-in-batches-transact-sql
    """
    source, target = call.text("@source_table_name"), call.text("@target_table_name")
    if source and target:
        call.run(
            FoldedString(" ".join(("INSERT INTO", target, "SELECT * FROM", source))), call.database
        )
    return ()


def _rows_as_sql(call: SystemCall) -> tuple[Effect, ...]:
    """sp_execresultset, xp_execresultset: each row of a query is SQL that is executed."""
    call.run(FoldedString(call.text("@cmd"), own_session=True), call.text("@dbname"))
    # the query itself is followed; what its rows say stands in the data
    call.report("SLP301", f"{call.name}: the SQL that the rows of a query hold is not known")
    return ()


# --- programs of the operating system -------------------------------------------------------------


def _command_shell(call: SystemCall) -> tuple[Effect, ...]:
    """The call of xp_cmdshell.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/xp-cmdshell-transact-sql
    """
    _shell(call, call.text("@command_string"))
    return ()


def _shell(call: SystemCall, line: str) -> None:
    for command in commands(line):
        follow = _PROGRAMS.get(command.program)
        if is_left_open(command.program):
            call.report("SLP301", "the command that is run is not known")
        elif follow is not None:
            follow(call, command)
        elif not command.harmless:
            program = _called(command.program, _PROGRAM_NAMES, "another program")
            call.report("SLP303", f"{program}: what the program reads and writes is not known")


def _called(text: str, names: frozenset[str], otherwise: str) -> str:
    """What a message calls something that a string of the script names.

    Nothing is called by a name that is not on a list.
    """
    return text if text.lower() in names else otherwise


def _bcp(call: SystemCall, command: ShellCommand) -> None:
    """The program bcp: `bcp table in|out file`, `bcp "query" queryout file`.

    Source: https://learn.microsoft.com/sql/tools/bcp-utility
    """
    what, direction, file = (*command.words, "", "", "")[:3]
    database = command.options.get("d", "")
    match direction.lower():
        case "queryout":
            _into_file(call, what, file, database, command.server)
        case "out":
            _into_file(call, " ".join(("SELECT * FROM", what)), file, database, command.server)
        case "in":
            address = _address(file).replace("'", "''")
            source = f"'{address}'" if address else "@file"  # an address that is not constant
            call.run(
                FoldedString(
                    f"BULK INSERT {what} FROM {source}", own_session=True, server=command.server
                ),
                database,
            )
        case "format":
            pass
        case _:
            call.report("SLP303", "bcp: what it copies is not known")


def _sqlcmd(call: SystemCall, command: ShellCommand) -> None:
    """The program sqlcmd: a query (-Q, -q), or a script (-i), which is not read.

    Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility
    """
    query = command.options.get("Q") or command.options.get("q") or ""
    database, output = command.options.get("d", ""), command.options.get("o") or command.output
    if command.options.get("i"):
        call.report("SLP303", "sqlcmd: the script that it runs is not read")
    elif output and query:
        _into_file(call, query, output, database, command.server)
    elif query:
        call.run(FoldedString(query, own_session=True, server=command.server), database)


def _typed(call: SystemCall, command: ShellCommand) -> None:
    """`type file`: its lines are the rows of the call."""
    file = _address(command.words[0]).replace("'", "''") if command.words else ""
    if command.words and not file:
        call.report("SLP301", f"{call.name}: the file that is read is not known")
    elif file and not command.output:
        call.run(
            FoldedString(
                "".join(
                    # xp_cmdshell answers lines in one column, which is called output
                    ("SELECT * FROM OPENROWSET(BULK '", file, "', SINGLE_CLOB) AS f ([output])")
                )
            )
        )


_PROGRAMS: dict[str, Callable[[SystemCall, ShellCommand], None]] = {
    "bcp": _bcp,
    "sqlcmd": _sqlcmd,
    "type": _typed,
}


# --- what moves rows later, and elsewhere ---------------------------------------------------------


class _Later(Struct, frozen=True):
    """A service of the server that moves rows as it is told here."""

    service: str

    def __call__(self, call: SystemCall) -> tuple[Effect, ...]:
        what = call.text(next(iter(call.texts), ""))
        call.report("SLP305", f"{self.service}{': ' + what if _OBJECT.fullmatch(what) else ''}")
        return ()


# --- the table ------------------------------------------------------------------------------------

_STEP = """
    @job_id @job_name @step_id @step_name @subsystem @command @additional_parameters
    @cmdexec_success_code @on_success_action @on_success_step_id @on_fail_action @on_fail_step_id
    @server @database_name @database_user_name @retry_attempts @retry_interval @os_run_priority
    @output_file_name @flags @proxy_id @proxy_name @step_uid"""
_ELASTIC_STEP = """
    @job_name @step_id @step_name @command_type @command_source @command @credential_name
    @target_group_name @initial_retry_interval_seconds @maximum_retry_interval_seconds
    @retry_interval_backoff_multiplier @retry_attempts @step_timeout_seconds @output_type
    @output_credential_name @output_subscription_id @output_resource_group_name @output_server_name
    @output_database_name @output_schema_name @output_table_name @job_version @max_parallelism"""
_ELASTIC_TEXTS = (
    "@command @output_server_name @output_database_name @output_schema_name @output_table_name"
)
_DBMAIL = """
    @profile_name @recipients @copy_recipients @blind_copy_recipients @subject @body @body_format
    @importance @sensitivity @file_attachments @query @execute_query_database"""
_XP_SENDMAIL = """
    @recipients @message @query @attachments @copy_recipients @blind_copy_recipients @subject @type
    @attach_results @no_output @no_header @width @separator @echo_error @set_user @dbuse"""
_FOR_EACH = "@command1 @command2 @command3 @precommand @postcommand @replacechar"
_ARTICLE = "@publication @article @source_table @destination_table @source_owner @source_object"


def _procedure(
    parameters: str, texts: str, follow: Callable[[SystemCall], tuple[Effect, ...]]
) -> SystemProcedure:
    return SystemProcedure(tuple(parameters.split()), tuple(texts.split()), follow)


_PROCEDURES = {
    "sp_add_jobstep": _procedure(_STEP, "@command @subsystem @database_name", _new_job_step),
    "sp_update_jobstep": _procedure(_STEP, "@command @subsystem @database_name", _job_step),
    "sp_send_dbmail": _procedure(_DBMAIL, "@query @execute_query_database", _mail),
    "xp_sendmail": _procedure(_XP_SENDMAIL, "@query @dbuse", _mail),
    "sp_makewebtask": _procedure(
        "@outputfile @query @fixedfont @bold @italic @colheaders",
        "@query @outputfile @dbname",
        _web_task,
    ),
    "sp_msforeachtable": _procedure(
        "@command1 @replacechar @command2 @command3 @whereand @precommand @postcommand",
        _FOR_EACH,
        _for_each("${@schema}.${@table}"),
    ),
    "sp_msforeachdb": _procedure(
        "@command1 @replacechar @command2 @command3 @precommand @postcommand",
        _FOR_EACH,
        _for_each("${@database}"),
    ),
    "sp_execute_remote": _procedure(
        "@data_source_name @stmt @params", "@stmt @data_source_name @params", _remote
    ),
    "sp_execute_external_script": _procedure(
        """@language @script @input_data_1 @input_data_1_name @input_data_1_order_by_columns
        @input_data_1_partition_by_columns @output_data_1_name @parallel @params""",
        "@input_data_1 @params @language",
        _script,
    ),
    "sp_rxpredict": _procedure("@model @inputdata", "@inputdata", _predicted),
    "sp_copy_data_in_batches": _procedure(
        "@source_table_name @target_table_name",
        "@source_table_name @target_table_name",
        _copied_in_batches,
    ),
    "sp_execresultset": _procedure("@cmd", "@cmd", _rows_as_sql),
    "xp_execresultset": _procedure("@cmd @dbname", "@cmd @dbname", _rows_as_sql),
    "xp_cmdshell": _procedure("@command_string", "@command_string", _command_shell),
    "sp_addarticle": _procedure(
        _ARTICLE,
        "@source_table @source_object",
        _Later("replication sends the rows of a table elsewhere"),
    ),
    "sp_addmergearticle": _procedure(
        "@publication @article @source_object",
        "@source_object",
        _Later("replication sends the rows of a table elsewhere"),
    ),
    "sp_addscriptexec": _procedure(
        "@publication @scriptfile", "@scriptfile", _Later("replication runs a script elsewhere")
    ),
    "sp_create_streaming_job": _procedure(
        "@name @statement", "@name", _Later("a streaming job's statement is not read")
    ),
    "sp_syscollector_create_collection_item": _procedure(
        "@collection_set_id @collector_type_uid @name @frequency @parameters",
        "@name",
        _Later("a collector's queries are not read"),
    ),
}
_LANGUAGES = frozenset({"r", "python", "java", "c#"})
_SUBSYSTEMS = frozenset(
    """
    activescripting analysiscommand analysisquery cmdexec distribution dts logreader merge
    powershell queuereader snapshot ssis
    """.split()
)
_PROGRAM_NAMES = frozenset(
    """
    azcopy cscript curl dtexec dtsrun ftp isqlw java javac net notepad osql perl php powershell
    psftp psexec pwsh python python3 rscript sftp sqlldr sqlps ssh tabcmd wget winscp wscript
""".split()
)
_OBJECT = regex(r"[\w.\[\]#$@]{1,80}")
_ELASTIC = {
    "sp_add_jobstep": _procedure(_ELASTIC_STEP, _ELASTIC_TEXTS, _elastic_job_step),
    "sp_update_jobstep": _procedure(_ELASTIC_STEP, _ELASTIC_TEXTS, _elastic_job_step),
}
