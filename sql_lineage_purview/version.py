"""The version of the package: what it writes names it, and facts of another one are compiled anew."""

__version__ = "0.1.0"
