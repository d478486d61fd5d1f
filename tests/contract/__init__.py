"""One suite for both engines: whatever a page relies on is the same, whichever finds it."""
