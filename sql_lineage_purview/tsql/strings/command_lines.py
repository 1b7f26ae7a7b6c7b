"""Operating system commands that hold SQL or move rows: what xp_cmdshell and CmdExec steps run.

Source: https://learn.microsoft.com/sql/tools/bcp-utility,
https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from ...model.regex import regex

_WORD = regex(r'>>?|(?:[^\s">]|"[^"]*"?)+')
_JOIN = regex(r'((?:[^"&|\n]|"[^"]*"?)*)(?:&&?|\|\|?|\n|\Z)')
_STARTERS = frozenset({"cmd", "call", "start", "@"})
# Options of bcp, and of sqlcmd and osql, behind which a value stands; all others are switches.
_WITH_VALUE = {"bcp": "abCdefFhiKLlmoPrStUV", "sqlcmd": "acdfFhHiKlmoPqQsStUvVwyYzZ"}
_THIS_SERVER = regex(r"\.|\(?local(?:host|db)?\)?|127\.0\.0\.1|\$\{@@SERVERNAME\}", re.IGNORECASE)
# What only tells of files, processes and the network, or changes files as a whole.
_HARMLESS = frozenset(
    """
    attrib cacls cd chdir cls compact copy date del dir echo erase exit fc find findstr fltmc
    forfiles fsutil getmac hostname icacls if ipconfig md mkdir mklink more move net net1 netsh
    netstat nltest nslookup pause ping popd pushd query rd reg rem ren rename rmdir robocopy route
    sc schtasks set setx shutdown sort subst systeminfo takeown taskkill tasklist time title tracert
    tree type ver vol w32tm where whoami wmic xcopy 7z 7za gzip zip unzip tar rar winrar powercfg
    logman dsquery setspn klist echo. true false for not""".split()
)


class ShellCommand(Struct, frozen=True):
    """One command: the program, the words behind it, its options, and where its output goes.

    The program is without its folder and ending.
    """

    program: str
    words: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)
    output: str = ""

    @property
    def harmless(self) -> bool:
        """Does it move no rows, whatever its arguments are?"""
        return self.program in _HARMLESS

    @property
    def server(self) -> str | None:
        """The server that it is told to go to (-S); None for this one."""
        named = self.options.get("S", "")
        return (
            named
            if named and not _THIS_SERVER.fullmatch(named.removeprefix("tcp:").partition("\\")[0])
            else None
        )


def commands(line: str) -> Iterator[ShellCommand]:
    """The commands of a line, which `&`, `|` and line ends part outside quotes."""
    for match in _JOIN.finditer(line):
        words = _WORD.findall(match[1])
        if words:
            yield from _command(words)


def _command(words: list[str]) -> Iterator[ShellCommand]:
    program = _program(words[0])
    if program in _STARTERS:
        # cmd /c, start /wait: switches of the starter, not of what it starts
        command = [word for word in words[1:] if not re.fullmatch(r"/\w.{0,9}", word)]
        if len(command) == 1 and command[0].startswith('"'):  # cmd /c "a command"
            yield from commands(command[0].strip('"'))
        elif command:
            yield from _command(command)
        return
    plain, output = _redirected(words[1:])
    # older clients, with the same options as far as these are read here
    if program in ("osql", "isql"):
        program = "sqlcmd"
    with_value = _WITH_VALUE.get(program)
    if with_value is None:
        yield ShellCommand(program, tuple(map(_unquoted, plain)), output=output)
        return
    arguments, options = _options(plain, with_value)
    yield ShellCommand(program, arguments, options, output)


def _program(word: str) -> str:
    name = re.split(r"[\\/]", _unquoted(word))[-1].lower().lstrip("@")
    return re.sub(r"\.(?:exe|com|cmd)\Z", "", name) or "@"


def _redirected(words: list[str]) -> tuple[list[str], str]:
    """The words without `> file`, and the file."""
    if ">" not in words and ">>" not in words:
        return words, ""
    at = next(place for place, word in enumerate(words) if word in (">", ">>"))
    # 2> is where errors go, which are no rows
    stream = at and words[at - 1] in ("1", "2")
    output = (
        _unquoted(words[at + 1])
        if at + 1 < len(words) and words[at - 1 if at else 0] != "2"
        else ""
    )
    return words[: at - 1 if stream else at] + words[at + 2 :], output


def _options(words: list[str], with_value: str) -> tuple[tuple[str, ...], dict[str, str]]:
    arguments: list[str] = []
    options: dict[str, str] = {}
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        # `/data/out.csv` is a path, `/S` an option
        if not re.match(r"[-/][A-Za-z]", word) or "/" in word[1:]:
            arguments.append(_unquoted(word))
            continue
        letter, value = word[1], word[2:]
        # -S server and -Sserver are the same; the case of the letter counts: bcp -t is the
        # terminator, -T a trusted login
        if not value and letter in with_value and at < len(words):
            value, at = words[at], at + 1
        options[letter] = _unquoted(value)
    return tuple(arguments), options


def _unquoted(word: str) -> str:
    return word.replace('"', "")
