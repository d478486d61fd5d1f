"""Suppliers and institutions: what they say of themselves, who acts for them, what they are licensed to do."""
