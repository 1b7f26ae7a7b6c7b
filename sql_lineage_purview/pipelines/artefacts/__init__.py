"""What a workspace's files hold: scripts, notebooks, pipelines, datasets, services, items.

The services are linked services.
"""
