"""Whatever looks posted or registered twice: noticed, put before the organisers, and merged."""
