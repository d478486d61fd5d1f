"""Supply and demand at a glance: per kind and place, what is asked, what is offered, and where the gaps are."""
