"""Text messages to mobile numbers: which numbers, through which gateway, sent as jobs."""
