"""Jobs that are written with the facts they follow from, and run after the commit."""
