"""What pipelines do, made into scripts and facts of copies.

It is read from the files of Synapse, Data Factory and Fabric, and from notebooks.

A file goes this way: `artefacts` (what it holds), `activities` (what a pipeline does, one activity
after the other, with the values that its `expressions` have), `calls` (what a pipeline is run with)
and `copies` (where the ends of a copy stand), then `statements` (a copy as the facts of a
statement). Which files it begins with is told by `artefacts/artefact_names`.
"""
