"""What is published, as text and JSON.

Plans, pushes, resolved tables, drifts, traces and checks of the account.
"""
