"""Where the rooms are tied together: the only place that knows them all."""
