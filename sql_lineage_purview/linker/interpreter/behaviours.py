"""What each kind of effect of a statement does to the frame that runs it: one row for each kind.

DELETE #t OUTPUT deleted.a INTO dbo.log   -- two effects: Write (of #t), Write (of dbo.log)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ...model.facts import (
    Assign,
    BeginCatch,
    BeginTry,
    CloseSession,
    Compute,
    Create,
    Declare,
    Discard,
    Drop,
    Effect,
    EndString,
    EvaluateOnly,
    Execute,
    ExecuteString,
    Fetch,
    IfExists,
    Jump,
    Label,
    NextBatch,
    OpenCursor,
    OpenSession,
    Rename,
    RenameTemporary,
    Result,
    Return,
    Switch,
    Write,
)
from ..effects.frame_environment import bind, bind_kept
from ..effects.sinks import compute, rename, switch
from ..effects.view_writes import write_through
from ..frames.frame import Frame
from ..frames.lending import discard
from ..frames.temporary_declarations import declare, rename_temporary
from ..frames.transient import create, drop
from ..frames.variables_and_cursors import assign, fetch, give_back, open_cursor
from .executing import execute, execute_string

Behaviour: TypeAlias = Callable[[Frame, Any], None]


def perform(frame: Frame, effect: Effect) -> None:
    """Do to a frame what an effect of its statement does."""
    BEHAVIOURS[type(effect)](frame, effect)


def _inspect(frame: Frame, effect: EvaluateOnly) -> None:
    bind(frame, effect.query)


def _nothing(frame: Frame, effect: IfExists) -> None:
    """`IF EXISTS (…)` counts for the lifetimes of tables alone."""


BEHAVIOURS: Mapping[type[Effect], Behaviour] = {
    # Rows
    Write: lambda frame, effect: write_through(frame, effect, effect.query),
    Result: lambda frame, effect: frame.return_rows(bind_kept(frame, effect.query)),
    EvaluateOnly: _inspect,
    # Variables and cursors
    Assign: lambda frame, effect: assign(frame, effect, bind_kept(frame, effect.query)),
    Return: lambda frame, effect: give_back(frame, bind_kept(frame, effect.query)),
    OpenCursor: lambda frame, effect: open_cursor(frame, effect, bind(frame, effect.query)),
    Fetch: fetch,
    # Calls and strings
    Execute: execute,
    ExecuteString: execute_string,
    EndString: lambda frame, effect: frame.state.end_string(effect.suffix[1:]),
    # Temporary tables
    Declare: declare,
    Discard: discard,
    RenameTemporary: rename_temporary,
    # Persistent tables as a whole
    Create: lambda frame, effect: create(frame, frame.canonical(effect.name), effect.columns),
    Compute: compute,
    Drop: lambda frame, effect: drop(frame, frame.canonical(effect.name)),
    Rename: lambda frame, effect: rename(
        frame, frame.canonical(effect.old), frame.canonical(effect.new)
    ),
    Switch: switch,
    IfExists: _nothing,
    # Where a run goes on from elsewhere, or goes elsewhere
    NextBatch: lambda frame, effect: frame.state.end_batch(),
    OpenSession: lambda frame, effect: frame.suspend(),
    CloseSession: lambda frame, effect: frame.resume(),
    Jump: lambda frame, effect: frame.state.go_to(effect.label),
    Label: lambda frame, effect: frame.state.reach_label(effect.name),
    BeginTry: lambda frame, effect: frame.state.begin_try(),
    BeginCatch: lambda frame, effect: frame.state.begin_catch(),
}
