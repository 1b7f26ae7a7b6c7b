"""From lineage to a plan, and from a plan to what the account holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.configuring.loading import load_settings
from ..project.connecting.asset_snapshots import open_account
from ..project.connecting.catalogues import open_catalogue
from ..project.publishing.plans import journal_of, plan_of, push_options
from ..purview.pushing.apply import check_policies
from ..purview.pushing.apply import push as carry_out
from .emulator_stand_in import open_stand_in

if TYPE_CHECKING:
    from ..project.configuring.settings import Settings
    from ..purview import Plan, PushResult
    from ..purview.transport.sign_in import Credential
    from .lineage_result import Lineage


def plan(lineage: Lineage, *, credential: Credential | None = None) -> Plan:
    """What a push would change in the account that the settings name; nothing is written.

    Args:
        lineage: what `scan` gave.
        credential: any of azure-identity; None signs in as the settings say.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ProjectError: a setting is missing, or cannot be used.
    """
    with open_account(lineage.settings, open_stand_in, credential) as account:
        return plan_of(lineage.scanned, account, lineage.settings)


def push(
    plan: Plan, settings: Settings | None = None, *, credential: Credential | None = None
) -> PushResult:
    """Carry a plan out. Nobody is asked: look at the plan before.

    It can be repeated: what is in the account already is left alone. Where somebody else has
    changed there what the plan saw, nothing is written.

    Args:
        plan: what `plan` gave.
        settings: those of the lineage (`lineage.settings`); None looks for them in the current
            folder.
        credential: any of azure-identity; None signs in as the settings say.

    Raises:
        PurviewError: the plan is stale, or deletes more than the settings let it, or the account
            does not answer, or refuses. What of it failed alone is in the result.
        ProjectError: a setting is missing, or cannot be used.
    """
    effective = settings or load_settings()
    options = push_options(effective, saved=True)
    check_policies(plan, options)
    with open_catalogue(effective, open_stand_in, credential) as client:
        return carry_out(plan, client, options, journal=journal_of(plan, effective))
