"""Drafts of contracts and packs, written from an agency's file by whoever begins with one.

What is in the file is looked at, never guessed in silence: each draft says in comments what was
found in a column, what was taken for what, and what a person still has to write.
"""

from goodstanding.ingest.drafts.drafted import Drafted, Wanted, draft_pack, draft_source

__all__ = ["Drafted", "Wanted", "draft_pack", "draft_source"]
