"""Who signs in: accounts, their sessions, and the mails that prove an address."""
