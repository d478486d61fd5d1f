"""Standing searches."""
