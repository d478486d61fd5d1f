"""Ask once: what demands ask and offers do not say, answered by the supplier for everybody who asks the same."""
