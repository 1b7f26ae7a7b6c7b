"""An account of the Data Map: its client, its entities, and a snapshot that can stand in for it."""
