"""The parts of our ingestion, in the order of the work, and what each of them does."""

from __future__ import annotations

READ, CHECK, COMPARE, WRITE = "read", "check", "compare", "write"
HASH, INDEX, REST = "hash", "index", "rest"
PARTS = {
    READ: "the file copied, hashed and opened",
    CHECK: "its rows read, typed, checked and kept; reasons written",
    COMPARE: "what is new, changed or withdrawn",
    WRITE: "rows sorted; waiting for segments; tiles; all synced",
    HASH: "sealed bytes made, hashed to commitments and to the tree, beside the next segment",
    INDEX: "subjects and what superseded what",
    REST: "between the parts",
}
