"""From the agency's file to a sealed log, and what others do with the same rows."""
