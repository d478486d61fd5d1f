"""Setting the project up on a bare machine. Only Python's standard library: this runs before anything is installed."""
