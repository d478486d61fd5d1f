"""The desks: what needs a member today, and what needs the organiser."""
