"""Incremental evaluation beside a whole run, on one register before and after one more batch."""
