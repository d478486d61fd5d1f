"""Engines by themselves: what they send, and how they fail."""
