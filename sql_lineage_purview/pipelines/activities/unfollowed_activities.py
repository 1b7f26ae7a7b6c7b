"""Activities of pipelines that move data, or may, and are not followed.

What only steers a pipeline moves nothing.

Source:
https://learn.microsoft.com/azure/data-factory/concepts-pipelines-activities#data-movement-activities
and the tables below it, https://learn.microsoft.com/fabric/data-factory/activity-overview
"""

from __future__ import annotations

from collections import Counter

from ...model.unread import UnreadKind
from ..artefacts.json_members import Properties
from .copy_activities import copy_end
from .nesting import running

_KINDS = {
    "ExecuteDataFlow": UnreadKind.DATA_FLOW_ACTIVITY,
    "ExecuteWranglingDataflow": UnreadKind.DATA_FLOW_ACTIVITY,
    "RefreshDataflow": UnreadKind.DATA_FLOW_ACTIVITY,
    "SynapseNotebook": UnreadKind.NOTEBOOK_ACTIVITY,
    "TridentNotebook": UnreadKind.NOTEBOOK_ACTIVITY,
    "DatabricksNotebook": UnreadKind.NOTEBOOK_ACTIVITY,
    "DatabricksSparkJar": UnreadKind.SPARK_ACTIVITY,
    "DatabricksSparkPython": UnreadKind.SPARK_ACTIVITY,
    "DatabricksJob": UnreadKind.SPARK_ACTIVITY,
    "SparkJob": UnreadKind.SPARK_ACTIVITY,
    "SparkJobDefinition": UnreadKind.SPARK_ACTIVITY,
    "HDInsightSpark": UnreadKind.SPARK_ACTIVITY,
    "HDInsightHive": UnreadKind.HADOOP_ACTIVITY,
    "HDInsightPig": UnreadKind.HADOOP_ACTIVITY,
    "HDInsightMapReduce": UnreadKind.HADOOP_ACTIVITY,
    "HDInsightStreaming": UnreadKind.HADOOP_ACTIVITY,
    "AzureHDInsight": UnreadKind.HADOOP_ACTIVITY,
    "ExecuteSSISPackage": UnreadKind.SSIS_ACTIVITY,
    "DataLakeAnalyticsU-SQL": UnreadKind.USQL_ACTIVITY,
    "AzureDataExplorerCommand": UnreadKind.KQL_ACTIVITY,
    "KustoQueryLanguage": UnreadKind.KQL_ACTIVITY,
    "AzureMLBatchExecution": UnreadKind.MACHINE_LEARNING_ACTIVITY,
    "AzureMLBatchScoring": UnreadKind.MACHINE_LEARNING_ACTIVITY,
    "AzureMLExecutePipeline": UnreadKind.MACHINE_LEARNING_ACTIVITY,
    "AzureMLUpdateResource": UnreadKind.MACHINE_LEARNING_ACTIVITY,
    "AzureFunctionActivity": UnreadKind.FUNCTION_ACTIVITY,
    "FunctionActivity": UnreadKind.FUNCTION_ACTIVITY,
    "UserDataFunction": UnreadKind.FUNCTION_ACTIVITY,
    "WebActivity": UnreadKind.WEB_ACTIVITY,
    "WebHook": UnreadKind.WEB_ACTIVITY,
    "Custom": UnreadKind.CUSTOM_ACTIVITY,
    "DotNetActivity": UnreadKind.CUSTOM_ACTIVITY,
    "AzureBatch": UnreadKind.CUSTOM_ACTIVITY,
    "InvokeCopyJob": UnreadKind.OTHER_ACTIVITY,
}
# Of what steers, checks, tells or deletes, and of what is read elsewhere, nothing is lost.
_STEERING = frozenset(
    {
        "AppendVariable",
        "Delete",
        "ExecutePipeline",
        "Fail",
        "Filter",
        "ForEach",
        "GetMetadata",
        "IfCondition",
        "InvokePipeline",
        "Lookup",
        "MicrosoftTeams",
        "Office365Outlook",
        "SetVariable",
        "Switch",
        "Teams",
        "Until",
        "Validation",
        "Wait",
    }
)
_FOLLOWED = frozenset({"Copy", "Script", "SqlPoolStoredProcedure", "SqlServerStoredProcedure"})


def unread_activities(activities: list[object]) -> Counter[UnreadKind]:
    """How many activities of each kind a pipeline holds that are not followed."""
    return Counter(kind for activity in running(activities) if (kind := _unread(activity)))


def _unread(activity: Properties) -> UnreadKind | None:
    kind = activity.get("type")
    if kind == "Copy" and not (copy_end(activity, "inputs") and copy_end(activity, "outputs")):
        return UnreadKind.COPY_ACTIVITY
    if not isinstance(kind, str) or kind in _STEERING or kind in _FOLLOWED:
        return None
    return _KINDS.get(kind, UnreadKind.OTHER_ACTIVITY)
