"""A small project, and a series of changes to it, each with its class for whoever reviews it.

The classes were written down before any of the changes was compared. None: nothing that lineage
tells has changed, which is no statement about types, constants and kinds of joins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BREAKING, RISKY, HARMLESS = "breaking", "risky", "harmless"

_ORDERS = """\
CREATE TABLE dbo.Orders (
    OrderId int NOT NULL,
    CustomerId int NOT NULL,
    Amount decimal(10, 2) NOT NULL,
    Status varchar(20) NULL,
    Note varchar(100) NULL
);
"""
_CUSTOMERS = """\
CREATE TABLE dbo.Customers (
    CustomerId int NOT NULL,
    Name nvarchar(100) NULL,
    Region varchar(10) NULL,
    Email varchar(100) NULL
);
"""
_FACT = """\
CREATE TABLE dbo.FactSales (
    OrderId int NOT NULL,
    CustomerName nvarchar(100) NULL,
    Amount decimal(10, 2) NULL,
    Kind varchar(10) NULL
);
"""
_ARCHIVE = "CREATE TABLE dbo.Archive (OrderId int NOT NULL, Amount decimal(10, 2) NULL);\n"
_AUDIT = "CREATE TABLE dbo.AuditLog (Id int NOT NULL, Message nvarchar(200) NULL);\n"
_V_ORDERS = """\
CREATE VIEW dbo.vOrders AS
SELECT o.OrderId, o.CustomerId, o.Amount, o.Note
FROM dbo.Orders AS o;
"""
_V_CUSTOMERS = "CREATE VIEW dbo.vCustomers AS\nSELECT * FROM dbo.Customers;\n"
_V_ALL = """\
CREATE VIEW dbo.vAll AS
SELECT OrderId, Amount FROM dbo.Orders
UNION ALL
SELECT OrderId, Amount FROM dbo.Archive;
"""
_LOAD = """\
CREATE PROCEDURE dbo.LoadFact AS
BEGIN
    INSERT INTO dbo.FactSales (OrderId, CustomerName, Amount, Kind)
    SELECT o.OrderId, c.Name, o.Amount,
        CASE WHEN o.Status = 'X' THEN 'gone' ELSE c.Region END
    FROM dbo.Orders AS o
    JOIN dbo.Customers AS c ON c.CustomerId = o.CustomerId
    WHERE o.Amount > 0;
END
"""
_REPORT = """\
CREATE PROCEDURE dbo.Report AS
SELECT f.OrderId, f.Amount FROM dbo.FactSales AS f ORDER BY f.Amount;
"""
_NIGHTLY = "CREATE PROCEDURE dbo.Nightly AS\nEXEC dbo.LoadFact;\n"
_SCRIPT = "INSERT INTO dbo.Archive (OrderId, Amount)\nSELECT OrderId, Amount FROM dbo.vOrders;\n"

BASE: Mapping[str, str] = {
    "tables/Orders.sql": _ORDERS,
    "tables/Customers.sql": _CUSTOMERS,
    "tables/FactSales.sql": _FACT,
    "tables/Archive.sql": _ARCHIVE,
    "tables/AuditLog.sql": _AUDIT,
    "views/vOrders.sql": _V_ORDERS,
    "views/vCustomers.sql": _V_CUSTOMERS,
    "views/vAll.sql": _V_ALL,
    "procedures/LoadFact.sql": _LOAD,
    "procedures/Report.sql": _REPORT,
    "procedures/Nightly.sql": _NIGHTLY,
    "scripts/archive.sql": _SCRIPT,
}


@dataclass(frozen=True)
class ProjectChange:
    """One change.

    `edits`: the new text of files by path; None deletes one. `impact`: the class; None where no
    lineage changes. `kinds`: those of the changes that must be told, each with what it is about.
    """

    name: str
    impact: str | None
    edits: Mapping[str, str | None]
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """The project behind the change."""
        edited = {**BASE, **self.edits}
        return {path: text for path, text in edited.items() if text is not None}


def _edit(path: str, text: str, replacement: str) -> dict[str, str]:
    assert text in BASE[path], (path, text)
    return {path: BASE[path].replace(text, replacement)}


_PATH = {"load": "procedures/LoadFact.sql", "orders": "tables/Orders.sql"}


def _load(text: str, replacement: str) -> dict[str, str]:
    return _edit(_PATH["load"], text, replacement)


CHANGES: tuple[ProjectChange, ...] = (
    # --- nothing that lineage tells ---
    ProjectChange("comment only", None, _load("BEGIN", "BEGIN -- the daily load")),
    ProjectChange("lines moved", None, {_PATH["orders"]: "\n\n\n" + _ORDERS}),
    ProjectChange(
        "layout and case of keywords",
        None,
        _load("    FROM dbo.Orders AS o\n    JOIN", "    from dbo.Orders as o inner join"),
    ),
    ProjectChange("case of names", None, _load("dbo.Orders AS o", "DBO.ORDERS AS o")),
    ProjectChange(
        "another alias",
        None,
        {
            "views/vOrders.sql": _V_ORDERS.replace("o.", "x.")
            .replace("AS o;", "AS x;")
            .replace("dbx.", "dbo.")
        },
    ),
    ProjectChange(
        "branches of UNION in another order",
        None,
        {
            "views/vAll.sql": "CREATE VIEW dbo.vAll AS\nSELECT OrderId, Amount FROM dbo.Archive\n"
            "UNION ALL\nSELECT OrderId, Amount FROM dbo.Orders;\n"
        },
    ),
    ProjectChange("type wider", None, _edit(_PATH["orders"], "decimal(10, 2)", "decimal(18, 4)")),
    ProjectChange("type narrower", None, _edit(_PATH["orders"], "varchar(100)", "varchar(10)")),
    ProjectChange("another constant", None, _load("'gone'", "'lost'")),
    ProjectChange("another kind of join", None, _load("    JOIN", "    LEFT JOIN")),
    ProjectChange(
        "columns of a table in another order",
        None,
        {"tables/Archive.sql": "CREATE TABLE dbo.Archive (Amount decimal(10, 2), OrderId int);\n"},
    ),
    ProjectChange(
        "column list and select list in another order",
        None,
        {
            "scripts/archive.sql": "INSERT INTO dbo.Archive (Amount, OrderId)\n"
            "SELECT Amount, OrderId FROM dbo.vOrders;\n"
        },
    ),
    ProjectChange(
        "star written out",
        None,
        _edit("views/vCustomers.sql", "*", "CustomerId, Name, Region, Email"),
    ),
    # --- harmless ---
    ProjectChange(
        "file moved",
        HARMLESS,
        {_PATH["load"]: None, "etl/LoadFact.sql": _LOAD},
        {"file-moved": "etl/LoadFact.sql"},
    ),
    ProjectChange(
        "script moved",
        HARMLESS,
        {"scripts/archive.sql": None, "etl/archive.sql": _SCRIPT},
        {"file-moved": "etl/archive.sql"},
    ),
    ProjectChange(
        "new column, filled by the load",
        HARMLESS,
        {
            "tables/FactSales.sql": _FACT.replace(
                "Kind varchar(10) NULL", "Kind varchar(10) NULL,\n    Status varchar(20) NULL"
            ),
            _PATH["load"]: _LOAD.replace("Kind)", "Kind, Status)").replace(
                "END\n    FROM", "END, o.Status\n    FROM"
            ),
        },
        {"column-added": "dbo.FactSales.Status"},
    ),
    ProjectChange(
        "new table and view",
        HARMLESS,
        {
            "tables/Region.sql": "CREATE TABLE dbo.Region (Code varchar(10), Title varchar(50));\n",
            "views/vRegion.sql": "CREATE VIEW dbo.vRegion AS SELECT Code, Title FROM dbo.Region;\n",
        },
        {"table-added": "dbo.vRegion"},
    ),
    ProjectChange(
        "star widened",
        HARMLESS,
        _edit(
            "tables/Customers.sql",
            "Email varchar(100) NULL",
            "Email varchar(100), Phone varchar(9)",
        ),
        {"column-added": "dbo.vCustomers.Phone"},
    ),
    ProjectChange(
        "new procedure that only reads",
        HARMLESS,
        {"procedures/Sum.sql": "CREATE PROCEDURE dbo.Summary AS SELECT Note FROM dbo.Orders;\n"},
        {"module-added": "dbo.Summary"},
    ),
    ProjectChange(
        "one more procedure that fills a table",
        HARMLESS,
        {
            "procedures/Reload.sql": "CREATE PROCEDURE dbo.Reload AS\nINSERT INTO dbo.FactSales "
            "(OrderId, Amount)\nSELECT OrderId, Amount FROM dbo.Archive;\n"
        },
        {"module-added": "dbo.Reload"},
    ),
    # --- risky ---
    ProjectChange(
        "join moved to another column",
        RISKY,
        _load("= o.CustomerId", "= o.OrderId"),
        {"conditions-changed": "dbo.FactSales"},
    ),
    ProjectChange(
        "filter added",
        RISKY,
        _load("o.Amount > 0", "o.Amount > 0 AND o.Note IS NULL"),
        {"conditions-changed": "dbo.FactSales"},
    ),
    ProjectChange(
        "filter removed",
        RISKY,
        _load("    WHERE o.Amount > 0", "    --WHERE o.Amount > 0"),
        {"conditions-changed": "dbo.FactSales"},
    ),
    ProjectChange(
        "another column decides in CASE",
        RISKY,
        _load("o.Status = 'X'", "o.Note = 'X'"),
        {"lineage-changed": "dbo.FactSales.Kind"},
    ),
    ProjectChange(
        "another column in a branch of CASE",
        RISKY,
        _load("ELSE c.Region", "ELSE c.Email"),
        {"lineage-changed": "dbo.FactSales.Kind"},
    ),
    ProjectChange(
        "constant in place of a column",
        RISKY,
        _load("c.Name", "'n/a'"),
        {"lineage-vanished": "dbo.FactSales.CustomerName"},
    ),
    ProjectChange(
        "column in place of a constant",
        RISKY,
        _load("'gone'", "c.Name"),
        {"lineage-changed": "dbo.FactSales.Kind"},
    ),
    ProjectChange(
        "value recomputed that was passed on",
        RISKY,
        _load("c.Name", "ISNULL(c.Name, '')"),
        {"computation-changed": "dbo.FactSales.CustomerName"},
    ),
    ProjectChange(
        "value aggregated that was passed on",
        RISKY,
        {
            "scripts/archive.sql": "INSERT INTO dbo.Archive (OrderId, Amount)\n"
            "SELECT OrderId, SUM(Amount) FROM dbo.vOrders GROUP BY OrderId;\n"
        },
        {"computation-changed": "dbo.Archive.Amount", "conditions-changed": "dbo.Archive"},
    ),
    ProjectChange(
        "columns swapped in the select list",
        RISKY,
        _load("o.OrderId, c.Name, o.Amount,", "o.Amount, c.Name, o.OrderId,"),
        {"lineage-changed": "dbo.FactSales.Amount"},
    ),
    ProjectChange(
        "branch of UNION removed",
        RISKY,
        {"views/vAll.sql": "CREATE VIEW dbo.vAll AS\nSELECT OrderId, Amount FROM dbo.Orders;\n"},
        {"lineage-changed": "dbo.vAll.Amount"},
    ),
    ProjectChange(
        "column dropped that nothing uses",
        RISKY,
        {"tables/AuditLog.sql": "CREATE TABLE dbo.AuditLog (Id int NOT NULL);\n"},
        {"column-dropped": "dbo.AuditLog.Message"},
    ),
    ProjectChange(
        "column dropped beneath a star",
        RISKY,
        _edit(
            "tables/Customers.sql",
            "Region varchar(10) NULL,\n    Email",
            "Region varchar(10) NULL\n    --",
        ),
        {"column-dropped": "dbo.vCustomers.Email"},
    ),
    ProjectChange(
        "table dropped that nothing uses",
        RISKY,
        {"tables/AuditLog.sql": None},
        {"table-dropped": "dbo.AuditLog"},
    ),
    ProjectChange(
        "view dropped that nothing uses",
        RISKY,
        {"views/vAll.sql": None},
        {"table-dropped": "dbo.vAll"},
    ),
    ProjectChange(
        "procedure dropped that nothing calls",
        RISKY,
        {"procedures/Report.sql": None},
        {"module-dropped": "dbo.Report"},
    ),
    ProjectChange(
        "script deleted",
        RISKY,
        {"scripts/archive.sql": None},
        {"lineage-vanished": "dbo.Archive.Amount"},
    ),
    ProjectChange(
        "column renamed, and its users with it",
        RISKY,
        {
            _PATH["orders"]: _ORDERS.replace("Note", "Remark"),
            "views/vOrders.sql": _V_ORDERS.replace("o.Note", "o.Remark AS Note"),
        },
        {"column-renamed": "dbo.Orders.Note"},
    ),
    ProjectChange(
        "table renamed, and its users with it",
        RISKY,
        {
            "tables/Archive.sql": None,
            "tables/OldOrders.sql": _ARCHIVE.replace("Archive", "OldOrders"),
            "views/vAll.sql": _V_ALL.replace("Archive", "OldOrders"),
            "scripts/archive.sql": _SCRIPT.replace("Archive", "OldOrders"),
        },
        {"table-renamed": "dbo.Archive"},
    ),
    ProjectChange(
        "table moved to another schema, and its users with it",
        RISKY,
        {
            "tables/Archive.sql": _ARCHIVE.replace("dbo.", "old."),
            "views/vAll.sql": _V_ALL.replace("dbo.Archive", "old.Archive"),
            "scripts/archive.sql": _SCRIPT.replace("dbo.Archive", "old.Archive"),
        },
        {"table-renamed": "dbo.Archive"},
    ),
    ProjectChange(
        "procedure renamed, and its callers with it",
        RISKY,
        {
            _PATH["load"]: _LOAD.replace("dbo.LoadFact", "dbo.FillFact"),
            "procedures/Nightly.sql": _NIGHTLY.replace("LoadFact", "FillFact"),
        },
        {"module-renamed": "dbo.LoadFact"},
    ),
    ProjectChange(
        "column of a view dropped that nothing uses",
        RISKY,
        _edit("views/vOrders.sql", ", o.Note", ""),
        {"column-dropped": "dbo.vOrders.Note"},
    ),
    ProjectChange(
        "table in place of a view",
        RISKY,
        {"views/vAll.sql": "CREATE TABLE dbo.vAll (OrderId int, Amount decimal(10, 2));\n"},
        {"kind-changed": "dbo.vAll", "lineage-vanished": "dbo.vAll.Amount"},
    ),
    ProjectChange(
        "procedure returns another column",
        RISKY,
        _edit("procedures/Report.sql", "f.OrderId, f.Amount", "f.OrderId, f.Kind, f.Amount"),
        {"uses-changed": "dbo.Report"},
    ),
    ProjectChange(
        "call removed",
        RISKY,
        _edit("procedures/Nightly.sql", "EXEC dbo.LoadFact", "PRINT 'nothing'"),
        {"uses-changed": "dbo.Nightly"},
    ),
    ProjectChange(
        "body cut off",
        RISKY,
        {_PATH["load"]: _LOAD[: _LOAD.index("'gone'")]},
        {"gap-added": _PATH["load"], "lineage-vanished": "dbo.FactSales.Amount"},
    ),
    ProjectChange(
        "new dynamic SQL",
        RISKY,
        {
            "procedures/Nightly.sql": "CREATE PROCEDURE dbo.Nightly @table sysname AS\n"
            "EXEC dbo.LoadFact;\nEXEC ('TRUNCATE TABLE ' + @table);\n"
        },
        {"gap-added": "procedures/Nightly.sql"},
    ),
    # --- breaking ---
    ProjectChange(
        "column dropped that a view uses",
        BREAKING,
        {_PATH["orders"]: _ORDERS.replace("NULL,\n    Note varchar(100) NULL", "NULL")},
        {"column-dropped": "dbo.Orders.Note"},
    ),
    ProjectChange(
        "column dropped that only a filter uses",
        BREAKING,
        {_PATH["orders"]: _ORDERS.replace("    Status varchar(20) NULL,\n", "")},
        {"column-dropped": "dbo.Orders.Status"},
    ),
    ProjectChange(
        "column dropped that a procedure only returns",
        BREAKING,
        {
            "tables/FactSales.sql": _FACT.replace("    Amount decimal(10, 2) NULL,\n", ""),
            _PATH["load"]: _LOAD.replace("CustomerName, Amount,", "CustomerName,").replace(
                "c.Name, o.Amount,", "c.Name,"
            ),
        },
        {"column-dropped": "dbo.FactSales.Amount"},
    ),
    ProjectChange(
        "table dropped that others use",
        BREAKING,
        {_PATH["orders"]: None},
        {"table-dropped": "dbo.Orders"},
    ),
    ProjectChange(
        "view dropped that a script uses",
        BREAKING,
        {"views/vOrders.sql": None},
        {"table-dropped": "dbo.vOrders"},
    ),
    ProjectChange(
        "procedure dropped that another calls",
        BREAKING,
        {_PATH["load"]: None},
        {"module-dropped": "dbo.LoadFact"},
    ),
    ProjectChange(
        "column renamed alone",
        BREAKING,
        {_PATH["orders"]: _ORDERS.replace("Note", "Remark")},
        {"column-dropped": "dbo.Orders.Note"},
    ),
    ProjectChange(
        "table renamed alone",
        BREAKING,
        {"tables/Archive.sql": _ARCHIVE.replace("Archive", "OldOrders")},
        {"table-renamed": "dbo.Archive"},
    ),
    ProjectChange(
        "procedure renamed alone",
        BREAKING,
        _load("dbo.LoadFact", "dbo.FillFact"),
        {"module-renamed": "dbo.LoadFact"},
    ),
    ProjectChange(
        "column of a view renamed alone",
        BREAKING,
        _edit("views/vOrders.sql", "o.Amount", "o.Amount AS Total"),
        {"column-renamed": "dbo.vOrders.Amount"},
    ),
    ProjectChange(
        "column of a view dropped that a script uses",
        BREAKING,
        _edit("views/vOrders.sql", ", o.Amount", ""),
        {"column-dropped": "dbo.vOrders.Amount"},
    ),
    ProjectChange(
        "column of a view dropped and another one added",
        BREAKING,
        _edit("views/vOrders.sql", "o.Amount, o.Note", "o.Note, o.Status"),
        {"column-dropped": "dbo.vOrders.Amount"},
    ),
)
