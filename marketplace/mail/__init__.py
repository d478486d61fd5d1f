"""Mails: written as jobs with the facts they tell of, rendered in the recipient's language by the worker."""
