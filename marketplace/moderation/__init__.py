"""What waits for an organiser's decision: a queue over whatever kind of thing is to be approved."""
