"""Questions to a lineage graph: who uses what, what a change touches, what two states differ in.

Pure: graphs in, values out. How the answers look is the business of `render`.
"""
