"""Measurements from outside: `python -m search.bench`. Runs without the site and without its database."""
