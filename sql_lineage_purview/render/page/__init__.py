"""One page that shows a lineage: opened from disk, without a network.

Its script, style and frame are the files beside this one; what it shows is embedded as data.
"""
