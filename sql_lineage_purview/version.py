"""The version of the package, which stands in what it writes.

Facts of another one are compiled anew.
"""

__version__ = "0.1.0"
