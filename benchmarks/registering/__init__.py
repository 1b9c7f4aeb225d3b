"""The register alone: append, verify, prove, and the hashing that none of it can go below."""
