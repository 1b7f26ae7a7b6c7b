"""An attack on the tool: a folder made for it, and one run of the tool in its own process."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

MOST_SECONDS, MOST_MEGABYTES = 30.0, 600
_HOPELESS_SECONDS, _HOPELESS_BYTES = 90, 3 << 30
SCAN = ("scan", ".", "--format", "json", "--no-cache")
# What a build or a terminal would obey.
_OBEYED = re.compile(
    r"##\w*\[|(?m:^[ \t]*::\w)|::(?:set-output|error)\b|"
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_CODE = re.compile(r'"code": "(SLP\d+)"')
_DEFECTS = ("Traceback", "internal error", "SLP104", "defect")
_BESIDE_EDGE = re.compile(r'"source": "(?:\w+\.)?beside\.s", "target": "(?:\w+\.)?beside\.t"')
_BESIDE = (
    "CREATE TABLE beside.s (a int); CREATE TABLE beside.t (a int);\nGO\nINSERT INTO beside.t "
    "SELECT a FROM beside.s;\n"
)

Maker = Callable[[Path], object]
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Case:
    """An attack.

    `says`: what is shown or told of it; `file_size`: the largest file that may be written, in
    bytes.
    """

    kind: str
    name: str
    make: Maker
    says: str = ""
    command: tuple[str, ...] = SCAN
    answer: Answer | None = None
    file_size: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came out, in how many seconds of the processor, with how much memory at most."""

    code: int
    shown: str
    told: str
    seconds: float
    megabytes: int

    def summary(self) -> str:
        """The codes of the findings, and the last words."""
        codes = sorted(set(_CODE.findall(self.shown)))
        return " ".join([*codes, *self.told.strip().splitlines()[-1:]])[:100].replace("|", "/")


# --- what stands in the folder --------------------------------------------------------------------


def script(text: str | Callable[[], str], name: str = "attack.sql") -> Maker:
    return file(name, text)


def file(name: str, content: bytes | str | Callable[[], bytes | str]) -> Maker:
    def make(folder: Path) -> None:
        data = content() if callable(content) else content
        _place(folder, name).write_bytes(data.encode() if isinstance(data, str) else data)

    return make


def pipe(name: str) -> Maker:
    return lambda folder: os.mkfifo(_place(folder, name))


def sparse(name: str, size: int) -> Maker:
    def make(folder: Path) -> None:
        with _place(folder, name).open("wb") as stream:
            stream.truncate(size)

    return make


def link(name: str, target: str) -> Maker:
    return lambda folder: _place(folder, name).symlink_to(target)


def package(model: Callable[[], str]) -> Maker:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / "bomb.dacpac", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.xml", model())

    return make


def all_of(*makers: Maker) -> Maker:
    return lambda folder: [make(folder) for make in makers]


def _place(folder: Path, name: str) -> Path:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def configured(endpoint: str) -> str:
    """The configuration of scripts whose lineage goes to an account."""
    database = '[databases.Db]\nserver = "h.database.windows.net"\nplatform = "azure_sql"\n'
    return (
        f'[purview]\nplaceholder_cap = 5000\nendpoint = "{endpoint}"\n{database}[folders]\n"." '
        '= "Db"\n'
    )


# --- the run --------------------------------------------------------------------------------------


def attack(case: Case) -> Outcome:
    """Run a case in a folder of its own; what limits it limits this process from then on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "beside.sql").write_text(_BESIDE, encoding="utf-8")
        _make(case, folder)
        _restrict(case.file_size)
        if case.answer is None:
            return _run(case, folder)
        with _answering(case.answer) as url:
            (folder / "sql-lineage-purview.toml").write_text(configured(url), encoding="utf-8")
            return _run(case, folder)


def _restrict(file_size: int | None) -> None:
    """Limit what child processes may take of the machine, so that no hopeless case runs on."""
    resource.setrlimit(resource.RLIMIT_CPU, (_HOPELESS_SECONDS, _HOPELESS_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_HOPELESS_BYTES, _HOPELESS_BYTES))
    if file_size is not None:  # as if the disk were full
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def _make(case: Case, folder: Path) -> None:
    """Make the folder in a process of its own.

    What this process takes would count as memory of the processes that it starts.
    """
    maker = os.fork()
    if not maker:
        case.make(folder)
        os._exit(0)
    if os.waitpid(maker, 0)[1]:
        raise RuntimeError(f"{case.name}: the folder cannot be made")


def _run(case: Case, folder: Path) -> Outcome:
    command = [sys.executable, "-m", "sql_lineage_purview", *case.command]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    timer = threading.Timer(MOST_SECONDS * 20, process.kill)  # the machine may be busy
    timer.start()
    with process, ThreadPoolExecutor(2) as readers:
        texts = readers.map(_read, (process.stdout, process.stderr))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        shown, told = texts
    timer.cancel()
    return Outcome(
        process.returncode, shown, told, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10
    )


def _read(stream: IO[bytes] | None) -> str:
    return stream.read().decode("utf-8", "replace") if stream else ""


@contextmanager
def _answering(answer: Answer) -> Iterator[str]:
    """The address of an account that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the base class names them so

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


# --- what is wrong with the outcome ---------------------------------------------------------------


def fault(case: Case, outcome: Outcome) -> str:
    """In which way the tool fell short, in words; empty where it held."""
    text = outcome.shown + outcome.told
    if outcome.code not in (0, 1, 2, 3):
        return f"exit code {outcome.code}"
    if any(word in text for word in _DEFECTS):
        return "a defect"
    if outcome.seconds > MOST_SECONDS or outcome.megabytes > MOST_MEGABYTES:
        return "too much"
    if case.says and case.says not in text:
        return f"does not say {case.says}"
    if case.kind == "injection" and _OBEYED.search(text.replace("\n", " \n")):
        return "commands"
    if (
        case.command[:2] == ("scan", ".")
        and "json" in case.command
        and not _has_lineage_beside(outcome.shown)
    ):
        return "the script beside is lost"
    return ""


def _has_lineage_beside(shown: str) -> bool:
    """The script beside the attack has its edge.

    Nothing is shown at all where the configuration or a catalog is refused.
    """
    return not shown.strip() or _BESIDE_EDGE.search(shown) is not None
