"""The standings of every subject, by us and by others, with the same result."""
