"""The whole story of one subject, on the node that ingestion left."""
