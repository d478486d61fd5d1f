"""The scorer by itself."""
