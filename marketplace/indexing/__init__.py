"""The way from the facts to the search index, and from a search to an answer when the index is away."""
