"""Reading what somebody wrote elsewhere, pasted or in a document, into drafts that they look at and correct."""
