"""What offers and demands share: versions, states, forms made from the catalogue, facts for pages, attachments.

This room has no tables. It gives mixins to rooms that have, and verbs that work on a `Desk`.
"""
