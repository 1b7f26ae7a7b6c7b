"""What the files of a workspace hold: scripts, notebooks, pipelines, datasets, linked services and items."""
