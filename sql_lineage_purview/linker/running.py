"""Running: statements in their order, those in an arm of IF, CATCH or WHILE as arms, and what each of them does.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.facts import (
    Assign,
    Attempt,
    CloseSession,
    Compute,
    Create,
    Declare,
    Discard,
    Drop,
    Effect,
    EndString,
    Execute,
    ExecuteString,
    Fetch,
    IfExists,
    Inspect,
    Jump,
    Label,
    NextBatch,
    OpenCursor,
    OpenSession,
    Rename,
    RenameTemporary,
    Rescue,
    Result,
    Return,
    StatementFact,
    Switch,
    Write,
)
from .bound import Value
from .branches import State, either, either_value, end_of_arm, is_other_arm, leaves
from .declaring import declare, rename_temporary
from .executing import execute, execute_string
from .flows import TooManyFlowsError
from .lending import discard
from .session import Session
from .storing import compute, feed_tables, rename, switch
from .surroundings import bind, bind_kept
from .through import write_through
from .transient import create, drop
from .updatable import looked_through
from .variables import assign, fetch, give_back, open_cursor

_DEEPEST_LOOP = 3  # loops within loops whose rounds are told apart
_ROUNDS = 5  # of a loop; more would be needed only where a value wanders through as many variables


def run(session: Session, statements: Sequence[StatementFact], within: tuple[int, ...] = ()) -> None:
    """Run statements in their order, those in an arm of IF, CATCH or WHILE (but the ones it is `within`) as arms."""
    start = 0
    while start < len(statements):
        branch = statements[start].branch
        if statements[start].unreached and not session.unreached:
            end = next((at for at in range(start, len(statements)) if not statements[at].unreached), len(statements))
            _pass_by(session, statements[start:end], within)
            start = end
            continue
        if len(branch) <= len(within):
            _run_statement(session, statements[start])
            start += 1
            continue
        end = end_of_arm(statements, start, len(within))
        if branch[len(within)] < 0:
            _run_loop(session, statements[start:end], (*within, branch[len(within)]))
        else:
            behind = end_of_arm(statements, end, len(within)) if is_other_arm(statements, end, len(within)) else end
            _run_arms(session, [arm for arm in (statements[start:end], statements[end:behind]) if arm], len(within))
            end = behind
        start = end


def _pass_by(session: Session, statements: Sequence[StatementFact], within: tuple[int, ...]) -> None:
    """What no run comes to refers to its columns, and leaves all as it is."""
    memory, results, returned, writes = session.memory, session.results, session.returned, session.place.writes
    session.memory, session.results, session.returned = memory.aside(), [], Value()
    session.place.writes, session.unreached = False, True
    try:
        session.run(statements, within)
    finally:
        session.memory, session.results, session.returned = memory, results, returned
        session.place.writes, session.unreached = writes, False


def _run_arms(session: Session, arms: list[Sequence[StatementFact]], depth: int) -> None:
    """Run IF and ELSE, each from what stood before them; behind them either may have been run."""
    memory = session.memory
    before = memory.state
    begins, memory.caught = memory.caught or before, None
    ends = [before] if len(arms) == 1 else []
    for arm in arms:
        memory.take(session.begun(begins, arm))
        within = arm[0].branch[: depth + 1]
        session.run(arm, within)
        if len(arms) == 1:
            memory.leave_to_caller(before)
        if session.place.module is None or not leaves(arm, within):
            ends.append(memory.state)
    memory.take(either(ends or [before], session.naming))


def _run_loop(session: Session, body: Sequence[StatementFact], within: tuple[int, ...]) -> None:
    """Run rounds of a loop until one adds nothing, since a round finds what the one before it left."""
    memory = session.memory
    before, previous_size = memory.state.copied(()), -1
    loops = sum(arm < 0 for arm in within)
    memory.looped.append({})
    for _ in range(_ROUNDS if loops <= _DEEPEST_LOOP else 1):
        if previous_size == (previous_size := memory.size() + len(session.knowledge.edges.columns)):
            break
        session.run(body, within)
        memory.take(either([before, memory.state, State(memory.looped[-1], {})], session.naming))
    loop_variables = memory.looped.pop()
    for outer in memory.looped[-1:]:
        for name, value in loop_variables.items():
            outer[name] = either_value((outer.get(name), value))


def _run_statement(session: Session, statement: StatementFact) -> None:
    session.statement, session.memory.caught = statement, None
    session.place.database = statement.database or session.home  # USE in an executed string ends with the string
    session.through = {}
    session.knowledge.begin()
    try:
        session.through = looked_through(session, statement)
        for effect in statement.effects:
            _perform(session, effect)
    except TooManyFlowsError:
        feed_tables(session, statement)
    except Exception as error:  # a defect costs only the statement that it shows in
        message = f"the tool failed on this statement ({type(error).__name__})"
        session.report("SLP104", message, statement.span)
    finally:
        session.knowledge.end(statement)


def _perform(session: Session, effect: Effect) -> None:
    match effect:
        case Write():
            query = effect.query
            write_through(session, effect, lambda: bind(session, query))
        case Assign():
            assign(session, effect, bind_kept(session, effect.query))
        case Result():
            session.return_rows(bind_kept(session, effect.query))
        case Inspect():
            bind(session, effect.query)
        case Return():
            give_back(session, bind_kept(session, effect.query))
        case Execute():
            execute(session, effect)
        case ExecuteString():
            execute_string(session, effect)
        case OpenCursor():
            open_cursor(session, effect, bind(session, effect.query))
        case Fetch():
            fetch(session, effect)
        case Declare() | Compute() | RenameTemporary():
            _define(session, effect)
        case Discard():
            discard(session, effect)
        case EndString() | NextBatch() | OpenSession() | CloseSession() | Jump() | Label() | Attempt() | Rescue():
            _pass(session, effect)
        case Create() | Drop() | Rename() | Switch() | IfExists():
            _change_whole(session, effect)


def _change_whole(session: Session, effect: Create | Drop | Rename | Switch | IfExists) -> None:
    """What happens to persistent tables as a whole."""
    match effect:
        case Create(name=name, columns=columns):
            create(session, session.canonical(name), columns)
        case Drop(name=name):
            drop(session, session.canonical(name))
        case Rename():
            rename(session, session.canonical(effect.old), session.canonical(effect.new))
        case Switch():
            switch(session, effect)
        case IfExists():
            pass


def _define(session: Session, effect: Declare | Compute | RenameTemporary) -> None:
    match effect:
        case Compute():
            compute(session, effect)
        case RenameTemporary():
            rename_temporary(session, effect)
        case Declare():
            declare(session, effect)


def _pass(session: Session, mark: EndString | NextBatch | OpenSession | CloseSession | Jump | Label | Attempt | Rescue) -> None:
    """A place where a run may go on from elsewhere, or go elsewhere."""
    memory = session.memory
    match mark:
        case EndString():
            memory.end_string(mark.suffix[1:])
        case NextBatch():
            memory.end_batch()
        case OpenSession():
            session.suspend()
        case CloseSession():
            session.resume()
        case Jump():
            memory.jump(mark.label)
        case Label():
            memory.land(mark.name)
        case Attempt():
            memory.attempt()
        case Rescue():
            memory.rescue()
