"""Which offers meet which demands, why, and what the two sides answer."""
