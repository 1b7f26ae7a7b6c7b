"""A factory in miniature, as the Git integration writes it.

It has pipelines with Copy activities, datasets and linked services.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def expression(text: str) -> dict[str, str]:
    return {"value": text, "type": "Expression"}


def copy(
    options: str | dict[str, Any],
    filled: str | dict[str, Any],
    /,
    *,
    name: str = "Copy orders",
    **properties: Any,
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "Copy",
        "typeProperties": {"source": {}, "sink": {}, **properties},
        "inputs": [reference(options)],
        "outputs": [reference(filled)],
    }


def reference(dataset: str | dict[str, Any]) -> dict[str, Any]:
    reference = {"referenceName": dataset} if isinstance(dataset, str) else dataset
    return {"type": "DatasetReference", **reference}


def mapped(*pairs: tuple[str, str]) -> dict[str, Any]:
    mappings = [{"source": {"name": source}, "sink": {"name": sink}} for source, sink in pairs]
    return {"type": "TabularTranslator", "mappings": mappings}


class Factory:
    """Writes the files of a factory below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.service(
            "Sql",
            "AzureSqlDatabase",
            connectionString="Server=tcp:crm.example.net,1433;Initial Catalog=Crm;",
        )
        self.service("Dw", "AzureSqlDW", server="dw.example.net", database="RetailDW")
        self.service("Lake", "AzureBlobFS", url="https://lake.dfs.core.windows.net/")
        self.table("Orders", "Sql", schema="sales", table="Orders")
        self.table("Landing", "Dw", schema="stg", table="Orders")
        self.file(
            "OrdersFile", "Lake", fileSystem="raw", folderPath="orders", fileName="orders.csv"
        )

    def put(self, path: str, document: Any) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            document if isinstance(document, str) else json.dumps(document, indent=4),
            encoding="utf-8",
        )

    def service(self, name: str, kind: str, parameters: Any = None, **properties: Any) -> None:
        inner = {"type": kind, "parameters": parameters or {}, "typeProperties": properties}
        self.put(f"linkedService/{name}.json", {"name": name, "properties": inner})

    def dataset(self, name: str, service: str | dict[str, Any], **properties: Any) -> None:
        linked = {"referenceName": service} if isinstance(service, str) else service
        inner = {"linkedServiceName": {"type": "LinkedServiceReference", **linked}, **properties}
        self.put(f"dataset/{name}.json", {"name": name, "properties": inner})

    def table(
        self, name: str, service: str | dict[str, Any], parameters: Any = None, **properties: Any
    ) -> None:
        self.dataset(
            name,
            service,
            type="AzureSqlTable",
            parameters=parameters or {},
            typeProperties=properties,
        )

    def file(
        self, name: str, service: str, parameters: Any = None, schema: Any = None, **location: Any
    ) -> None:
        inner = {"location": {"type": "AzureBlobFSLocation", **location}}
        self.dataset(
            name,
            service,
            type="DelimitedText",
            parameters=parameters or {},
            schema=schema or [],
            typeProperties=inner,
        )

    def pipeline(self, *activities: Any, name: str = "load", **properties: Any) -> None:
        self.put(
            f"pipeline/{name}.json",
            {"name": name, "properties": {"activities": list(activities), **properties}},
        )
