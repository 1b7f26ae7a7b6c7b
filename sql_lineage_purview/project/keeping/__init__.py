"""The results of earlier scans: kept with what they depend on, and used again where it is so."""
