"""Being told: an inbox for each organisation, and mails to those of its members who want them."""
