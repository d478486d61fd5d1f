"""Finding and matching, without the site."""
