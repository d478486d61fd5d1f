"""Scoring: how well a document found answers what was asked."""
