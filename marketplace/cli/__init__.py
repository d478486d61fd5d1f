"""Commands: `flask --app marketplace COMMAND`."""
