"""Watches, their notices, their robots and their feeds."""
