"""What tests need from outside the project: real servers, a real browser, a real mailbox, the site as it runs for
users.
"""
