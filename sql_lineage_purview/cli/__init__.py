"""The commands: the only room that reads arguments, prints and exits.

Exit codes: 0 clean, 1 findings, 2 usage or internal error, 3 the network failed or a push was
applied in part.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from ..project.project_errors import DatabaseError, ProjectError
from ..version import __version__
from .console import CommandError, prepare_streams, say, write_message
from .paths import add_late_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PROGRAM = "sql-lineage-purview"
DEBUG = "SQL_LINEAGE_PURVIEW_DEBUG"

COMMANDS: Mapping[str, str] = {
    "init": "look at a folder, and write its first configuration",
    "scan": "derive the lineage of folders of T-SQL",
    "tree": "show what feeds a table or column, and what it feeds",
    "impact": "say who uses a table, column or module, and what is downstream of it",
    "diff": "show what a change does to lineage, and what breaks by it",
    "check": "report what could not be understood or resolved (offline; a pre-commit hook)",
    "tables": "list the tables and views with their columns, and where these are known from",
    "catalog": "write what a database, a package or the Purview account knows to a snapshot file",
    "explain": "say what a diagnostic means and what to do about it",
    "resolve": "show which asset of Microsoft Purview each table is, and rank the tables that "
    "have none",
    "plan": "show what a push would change in Microsoft Purview",
    "push": "publish the lineage to Microsoft Purview",
    "verify": "read back what was pushed and report what differs",
    "trace": "follow classified data to every column that it reaches",
    "doctor": "check what lies between this machine and the account, step by step",
    "emulator": "serve a local stand-in for the Purview Data Map",
    "completion": "print what lets a shell complete commands and options",
}


class Command(Protocol):
    """What the module of each command offers; it is loaded only when the command runs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, and return the exit code."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose messages are printed the way all others are.

    An argument may be the name of a file that anybody has made.
    """

    def _print_message(self, message: str, file: Any = None) -> None:
        write_message(message, file)

    def error(self, message: str) -> NoReturn:
        from .suggestions import with_suggestion  # noqa: PLC0415 - for those alone who mistype

        super().error(with_suggestion(message, self.format_help))


class CommandParser:
    """The parser of the command line, and the commands that it has loaded with theirs."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser
        self.commands: dict[str, tuple[Command, argparse.ArgumentParser]] = {}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; any error becomes one line on stderr and an exit code.

    Args:
        argv: the arguments without the program's name; None takes those of the process.
    """
    prepare_streams()
    try:
        return _run(sys.argv[1:] if argv is None else list(argv))
    except SystemExit as stop:  # argparse: 0 for --help and --version, 2 for a usage error
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        say("Interrupted.")
        # 128 and the number of SIGINT, as shells say it
        return 130
    except CommandError as error:
        return _failed(str(error), error.code)
    except DatabaseError as error:
        return _failed(str(error), 3)
    except ProjectError as error:
        return _failed(str(error), 2)
    except (
        Exception
    ) as error:  # the last resort: a person sees no traceback unasked, nor what it quotes
        return _failed(f"internal error: {type(error).__name__}. {_report()}", 2)


def parser_of(chosen: Collection[str], offered: Collection[str] = tuple(COMMANDS)) -> CommandParser:
    """The parser of the command line.

    Args:
        chosen: the commands whose modules are loaded, so that their arguments are declared.
        offered: those that there are for it.
    """
    parser = _Parser(
        PROGRAM, description="Table and column lineage of T-SQL, published to Microsoft Purview."
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    line = CommandParser(parser)
    for name in offered:
        summary = COMMANDS[name]
        subparser = subparsers.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        if name in chosen:
            command = cast("Command", importlib.import_module(f".{name}_command", __package__))
            command.add_arguments(subparser)
            line.commands[name] = (command, subparser)
    return line


def _run(argv: Sequence[str]) -> int:
    # Only the arguments of the command at hand are declared, so that only its module is loaded.
    chosen = [word for word in argv if word in COMMANDS][:1]
    # where it stands first, nothing asks for the others
    line = parser_of(chosen, chosen if chosen and chosen == argv[:1] else COMMANDS)
    arguments, remainder = line.parser.parse_known_args(argv)  # --help ends here
    from .output import check_outputs  # noqa: PLC0415 - for those alone who run a command
    from .recording import run_recorded  # noqa: PLC0415 - the same

    # the parser has left with an error before where none is named
    command, subparser = line.commands[arguments.command]
    add_late_paths(arguments, remainder, subparser)
    check_outputs(arguments)
    return run_recorded(arguments.command, command, arguments)


def _failed(message: str, code: int) -> int:
    from ..model.secrets import redact  # noqa: PLC0415 - for those alone whose command fails

    if os.environ.get(DEBUG):
        import traceback  # noqa: PLC0415 - the same

        traceback.print_exc()
    say(redact(f"{PROGRAM}: error: {message}"))
    return code


def _report() -> str:
    return (
        f"This is a defect of the tool: set {DEBUG}=1 to see where it happened, and report it "
        "with what you ran."
    )
