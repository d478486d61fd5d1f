"""Home, the published rules, the switches, and the look that all pages share."""
