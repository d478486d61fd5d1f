"""The pages that belong to no other room: home, the published rules, about, and the reader's choices."""
