"""Matchmaking sessions: from mutual interest to a timetable to an outcome."""
