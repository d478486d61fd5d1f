"""The weeks before an event: lists are read in, organisations claim what is theirs, and staff see who lacks what."""
