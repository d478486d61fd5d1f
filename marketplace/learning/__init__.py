"""Learning, honestly: what people said of matches becomes judgements; an organiser adopts other points, or not."""
