"""`emulator --port N --file F`: the stand-in for the Data Map, served on this machine."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ..emulator import Behaviour, Emulator, EmulatorError, serve
from ..emulator.testing import Faults
from ..emulator.testing.option_words import (
    read_collection,
    read_limits,
    read_rate,
    read_role,
    read_switches,
)
from ..library.emulator_stand_in import seed_from
from ..project.configuring.loading import load_settings
from .chosen_settings import chosen_settings
from .console import CommandError, say, write_line
from .setting_options import add_profile_argument

if TYPE_CHECKING:
    import argparse

    from ..emulator.tls import LoopbackAuthority

# `--tls` without a file
_BESIDE = Path()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--port",
        metavar="N",
        type=int,
        required=True,
        help="the port on 127.0.0.1; 0 takes any free one",
    )
    parser.add_argument(
        "--file",
        metavar="FILE",
        type=Path,
        required=True,
        help="the SQLite file that keeps its state",
    )
    parser.add_argument(
        "--seed",
        metavar="PATH",
        type=Path,
        help="a file of assets (JSON), or a folder whose DDL becomes assets",
    )
    add_profile_argument(parser)
    parser.add_argument(
        "--tls",
        metavar="CA_FILE",
        type=Path,
        nargs="?",
        const=_BESIDE,
        help="serve HTTPS; the certificate of its authority is written to this file (default: "
        "FILE.ca.pem)",
    )
    _add_faults(parser)
    _add_rules(parser)


def _add_faults(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what goes wrong")
    _add_repeated(group, "--fault", "SPEC", "requests that fail: 429:5%%, lost:1%%, 500:every=7 …")
    group.add_argument(
        "--fault-seed", metavar="N", type=int, default=0, help="another seed draws other requests"
    )
    group.add_argument(
        "--rate", metavar="N/s", help="operations per second, above which the answer is 429"
    )
    group.add_argument(
        "--search-delay",
        metavar="SECONDS",
        type=float,
        default=0.0,
        help="how far the search lags behind (default: 0)",
    )
    _add_repeated(
        group, "--limit", "NAME=N", "a size above which requests are refused, such as property=16KB"
    )
    _add_repeated(
        group,
        "--switch",
        "NAME=WORD",
        "how to behave where the real service is not certain, such as deletes=hard",
    )


def _add_rules(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("who may do what")
    group.add_argument(
        "--audience", metavar="URI", help="the audience that tokens must be meant for"
    )
    group.add_argument(
        "--deny-account", action="store_true", help="answer everybody that they have no access"
    )
    _add_repeated(
        group,
        "--collection",
        "NAME",
        "a collection below the root; PARENT/NAME stands below another",
    )
    _add_repeated(
        group, "--role", "WHO=ROLE", "data-curator or data-reader, of all or ROLE@COLLECTION"
    )


def _add_repeated(group: argparse._ArgumentGroup, name: str, metavar: str, summary: str) -> None:
    group.add_argument(
        name, metavar=metavar, action="append", default=[], help=f"{summary} (may be repeated)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. Its address is printed once it answers.

    Raises:
        CommandError: the file or the port cannot be used.
    """
    behaviour = _behaviour(arguments)
    try:
        with ExitStack() as stack:
            emulator = stack.enter_context(Emulator(arguments.file, behaviour=behaviour))
            if arguments.seed:
                _seed(emulator, arguments)
            authority = _authority(arguments.tls, arguments.file) if arguments.tls else None
            server = stack.enter_context(serve(emulator, arguments.port, authority=authority))
            # alone on stdout, so that a script that starts the emulator can read the port that it
            # got
            write_line(server.url)
            say(f"The state is kept in {arguments.file}. {_tokens(behaviour)} Stop with Ctrl+C.")
            server.wait()
    except KeyboardInterrupt:
        say("Stopped.")
    except EmulatorError as error:
        raise CommandError(str(error)) from error
    return 0


def _behaviour(arguments: argparse.Namespace) -> Behaviour:
    try:
        return Behaviour(
            limits=read_limits(arguments.limit),
            switches=read_switches(arguments.switch),
            faults=Faults.read(arguments.fault, seed=arguments.fault_seed),
            rate=read_rate(arguments.rate) if arguments.rate else None,
            search_delay=max(0.0, arguments.search_delay),
            audience=arguments.audience,
            deny_account=arguments.deny_account,
            collections=tuple(map(read_collection, arguments.collection)),
            roles=tuple(map(read_role, arguments.role)),
        )
    except ValueError as error:
        raise CommandError(f"{error}.") from None


def _authority(named: Path, state: Path) -> LoopbackAuthority:
    """Who vouches for the server; only HTTPS needs its library."""
    from ..emulator.tls import LoopbackAuthority  # noqa: PLC0415 - plain HTTP need not load it

    file = state.with_name(f"{state.name}.ca.pem") if named == _BESIDE else named
    authority = LoopbackAuthority()
    authority.write(file)
    say(f"The certificate of its authority is in {file}: set REQUESTS_CA_BUNDLE to it.")
    return authority


def _tokens(behaviour: Behaviour) -> str:
    if behaviour.deny_account:
        return "Nobody has access."
    if behaviour.audience:
        return f"Bearer tokens must be meant for {behaviour.audience}."
    return "Any bearer token is accepted."


def _seed(emulator: Emulator, arguments: argparse.Namespace) -> None:
    path: Path = arguments.seed
    settings = load_settings(path, arguments=chosen_settings(arguments), environment=os.environ)
    result = seed_from(emulator, path, settings)
    say(f"Seeded from {path}: {result.created} entities created, {result.updated} updated.")
