"""Where columns come from: the scripts themselves, packages, snapshots, databases."""
