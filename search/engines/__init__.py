"""Engines find, filter and count. They do not rank: `search.scoring` does, the same for all of them."""
