"""What is published, as text and JSON: plans, pushes, resolved tables, drifts, traces and checks of the account."""
