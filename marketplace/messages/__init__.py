"""Messages that people carry by hand: short texts with a personal link, and pages that show what WeChat cannot save."""
