"""Tokens that SQL Server Agent or the elastic jobs service fills in before it runs a job's step.

They look like SQLCMD variables, and are none: `$(JOBID)`, `$(ESCAPE_SQUOTE(SRVR))`.

Source: https://learn.microsoft.com/ssms/agent/use-tokens-in-job-steps,
https://learn.microsoft.com/azure/azure-sql/database/elastic-jobs-tsql-create-manage
"""

from __future__ import annotations

import re

from ...model.regex import regex

_NAMES = """A-DBN A-SVR A-ERR A-SEV A-MSG DATE INST JOBID JOBNAME MACH MSSA OSCMD SQLDIR SQLLOGDIR
    STEPCT STEPID STEPNAME SRVR TIME STRTTM STRTDT job_name job_id job_version step_id step_name
    job_execution_id job_execution_create_time target_group_name"""
AGENT_TOKENS = frozenset(name.upper() for name in _NAMES.split())
_NAME = "|".join(sorted(map(re.escape, AGENT_TOKENS), key=len, reverse=True))
_WMI = r"WMI\([^()]*\)"
_TOKEN = rf"\$\((?:ESCAPE_\w+\((?:{_NAME}|{_WMI})\)|{_NAME}|{_WMI})\)"
_VALUE = regex(_TOKEN, re.IGNORECASE)
_PLAIN = regex(rf"\$\(({_NAME})\)", re.IGNORECASE)
# A part of a name: what it is called is known when the step is run.
_PART = regex(rf"(?P<bracket>\[[^\]\n']*?)?{_TOKEN}(?(bracket)|(?=\s*\.\s*[\w\[.]))", re.IGNORECASE)
_SERVER = regex(r"\$\((?:ESCAPE_\w+\(SRVR\)|SRVR)\)", re.IGNORECASE)
MARK = "${…}"


def without_tokens(command: str) -> str:
    """The SQL of a step with a constant for each token.

    Where a token is part of a name, the mark of what is not known stands for it.
    """
    named = _PART.sub(lambda match: (match["bracket"] or "") + MARK, command)
    # 0 is a constant with and without quotation marks around it
    return _VALUE.sub("0", named)


def on_this_server(command: str) -> str:
    """An operating system command whose server token means the server that runs the step."""
    return _SERVER.sub("${@@SERVERNAME}", command)


def tokens_of_agent(text: str) -> set[str]:
    """The tokens in a text that look like SQLCMD variables, in capitals."""
    return {name.upper() for name in _PLAIN.findall(text)} if "$(" in text else set()
