"""Uploaded pictures and documents: bytes by their SHA-256 under one folder, rows in the database."""
