"""What suppliers offer."""
