"""Offers and demands read from files of records."""
