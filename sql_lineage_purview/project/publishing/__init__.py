"""From a scan to the account: the plan of a project, and what it is made with."""
