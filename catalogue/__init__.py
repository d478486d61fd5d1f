"""What things are: kinds of offers and demands, places, units, currencies, classifications, and the rules between them.

Plain Python over YAML and one compact data file. Knows neither the site nor the search engine; both import it.
"""
