"""What institutions need."""
