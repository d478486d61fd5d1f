"""Lists of offers, demands and organisations: search, facets, sorting, paging."""
