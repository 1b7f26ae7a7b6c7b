"""Where lineage is published, and how: `[purview]` and `[publish]`."""

from __future__ import annotations

from pathlib import Path

from .kinds import COUNT, FLAG, NUMBER, PATH, PATTERNS, SHARE, TEXT, words
from .setting_rows import Option, OptionGroup, SettingsTable, setting


class PublishSettings(SettingsTable, frozen=True):
    """The table `[publish]`: what is kept out of the catalogue.

    It also says how lineage is led over such tables.
    """

    exclude: tuple[str, ...] = setting(
        PATTERNS,
        'patterns over names, `*` for any characters and `?` for one: `"audit.*"` is a schema, '
        '`"*.log_*"` or `"log_*"` tables, `"https://lake.*/tmp/*"` files',
        default=(),
    )
    through: bool = setting(
        FLAG,
        "does lineage [go through](purview.md#tables-that-lineage-goes-through) tables without an "
        "asset, to those that have one?",
        default=True,
    )


class PurviewSettings(SettingsTable, frozen=True):
    """`[purview]`: which catalogue receives the lineage.

    Defaults that the client has too are the client's. None is none, or what Azure's library or the
    environment says; for `journal`, a file for each account and owner in the cache's folder.
    """

    endpoint: str = setting(
        TEXT,
        '`"https://ACCOUNT.purview.azure.com"`, or `"emulator"` for a [catalogue of your '
        "own](emulator.md)",
        default="",
    )
    owner: str = setting(
        TEXT,
        "marks what this configuration pushes; one name for each repository",
        default="default",
    )
    path_prefix: str = setting(
        TEXT,
        'where the Data Map stands below the endpoint; older accounts: `"/catalog/api"`',
        default="/datamap/api",
    )
    scope: str = setting(
        TEXT,
        "what tokens are asked for; other clouds have another",
        default="https://purview.azure.net/.default",
    )
    authority: str | None = setting(
        TEXT,
        'the sign-in host of another cloud, for example `"login.microsoftonline.us"`',
        default=None,
        shown="the public cloud",
    )
    instance_discovery: bool = setting(
        FLAG,
        "`false` for the `authority` of a private cloud, which Microsoft does not vouch for",
        default=True,
    )
    credential: str = setting(
        TEXT,
        "who [signs in](purview.md#signing-in): `default`, `environment`, `workload`, `managed`, "
        "`cli`, `powershell`, `developer_cli` or `pipelines`",
        default="default",
    )
    tenant_id: str | None = setting(
        TEXT, "the tenant; no secret", default=None, shown="by the environment"
    )
    client_id: str | None = setting(
        TEXT,
        "the application or managed identity; no secret",
        default=None,
        shown="by the environment",
    )
    key_vault: str | None = setting(
        TEXT,
        '`"https://NAME.vault.azure.net"`: the service principal `client_id` signs in with a '
        "secret or certificate of this vault, which `credential` reads",
        default=None,
    )
    key_vault_secret: str | None = setting(
        TEXT,
        "what the secret or certificate is called in the vault",
        default=None,
    )
    ca_bundle: Path | None = setting(
        PATH,
        "a file of certificate authorities (PEM) to trust in place of the usual ones, which must "
        "hold all that are needed (`--ca-bundle`)",
        default=None,
        shown="the usual ones",
        option=Option(
            "--ca-bundle",
            OptionGroup.NETWORK,
            "the certificate authorities (PEM) to trust, in place of the usual ones",
            metavar="FILE",
        ),
    )
    granularity: str = setting(
        words("table", "module", "statement"),
        "what makes a process: a module and a `table` that it writes, a `module`, or a "
        "`statement` (`--granularity`)",
        default="table",
        option=Option(
            "--granularity",
            OptionGroup.PLANNING,
            "one process for each module and table, for each module, or for each statement "
            "(default: {default})",
        ),
    )
    views: str = setting(
        words("process", "direct"),
        '`"direct"`: a view is related to its tables [without a '
        "process](purview.md#what-is-published)",
        default="process",
    )
    sql_text: bool = setting(
        FLAG,
        "do processes tell the text of their statements, [strings "
        "blanked](security.md#secrets-in-scripts)?",
        default=True,
    )
    parents: bool = setting(
        FLAG,
        "do processes hang below the [stored procedure](purview.md#what-is-published) that the "
        "account has an asset of?",
        default=True,
    )
    repository: str = setting(
        TEXT,
        "the address of the repository that processes tell",
        default="",
        shown="by git or the pipeline",
    )
    assets: Path | None = setting(
        PATH,
        "a [snapshot](purview.md#planning-without-the-account) that `plan`, `resolve`, `trace` and "
        "`impact` ask in place of the account (`--assets`)",
        default=None,
        option=Option(
            "--assets",
            OptionGroup.ASSETS,
            "ask this snapshot of catalog dump --from purview in place of the account; needs no "
            "sign-in",
            metavar="FILE",
        ),
    )
    missing: str = setting(
        words("skip", "fail", "create"),
        "what is done about tables without an asset: `skip`, `fail` or `create` "
        "[placeholders](purview.md#what-is-skipped) (`--missing`)",
        default="skip",
        option=Option(
            "--missing",
            OptionGroup.PLANNING,
            "tables without an asset: skip leaves them out, fail writes nothing and ends with 1, "
            "create makes placeholders (default: {default})",
        ),
    )
    placeholder_cap: int = setting(
        COUNT,
        "the most placeholders that a push makes",
        default=100,
    )
    collection: str = setting(
        TEXT,
        "the system name of the collection that new processes and placeholders land in, unless "
        "their database says another; what is known stays where it is",
        default="",
        shown="the root",
    )
    prune: bool = setting(
        FLAG,
        "does a push delete what is [gone from the scripts](purview.md#pruning) (`--prune`, "
        "`--no-prune`)?",
        default=False,
        option=Option(
            "--prune",
            OptionGroup.PLANNING,
            "does a push delete processes of this owner that the scripts no longer hold (default: "
            "no)?",
            negatable=True,
        ),
    )
    prune_threshold: float = setting(
        SHARE,
        "the share of the owner's processes, from 0 to 1, of which a push never deletes more "
        "(`--prune-threshold`)",
        default=0.2,
        option=Option(
            "--prune-threshold",
            OptionGroup.PLANNING,
            "refuse to delete more than this share of the owner's processes, from 0 to 1 "
            "(default: {default})",
            metavar="SHARE",
        ),
    )
    batch_size: int = setting(
        COUNT,
        "the most processes in one request",
        default=50,
    )
    max_request_bytes: int = setting(
        COUNT,
        "the most bytes in one request that writes",
        default=1_000_000,
    )
    rate: float | None = setting(
        NUMBER,
        "the most requests in a second",
        default=None,
    )
    journal: Path | None = setting(
        PATH,
        "the file that an interrupted push goes on from",
        default=None,
        shown="in `.sql-lineage-purview-cache`",
    )
    monitor: str = setting(
        words("otlp", "azure", "console"),
        "who is told about each run: `otlp`, `azure` or `console` (extra `monitor`); see "
        "[monitoring](purview.md#monitoring)",
        default="",
    )
    shrink_warning: float = setting(
        SHARE,
        "the share of its files, statements, edges or mapped columns that lineage may lose before "
        "[it is said](purview.md#monitoring), until somebody accepts it",
        default=0.2,
    )
    emulator_file: Path = setting(
        PATH,
        "where the emulator keeps its state",
        default=Path("sql-lineage-purview-emulator.sqlite"),
        shown="beside this file",
    )
    emulator_seed: Path | None = setting(
        PATH,
        "the assets that the emulator has from the start: a file, or a folder of scripts",
        default=None,
    )
