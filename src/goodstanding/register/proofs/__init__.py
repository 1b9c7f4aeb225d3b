"""Proofs to hand out: one entry in a file anyone can check, one size that continues another.

The same bundle is checked here and, with the same steps and the same verdict, by
``browser/verify-bundle.js``, which needs nothing but a browser.

>>> from goodstanding.register.proofs import MAX_BYTES
>>> MAX_BYTES
1048576
"""

from typing import TYPE_CHECKING

from goodstanding.kernel.on_use import on_use

if TYPE_CHECKING:
    from goodstanding.register.proofs.bundle import MAX_BYTES, Bundle, LawArticle, make_bundle
    from goodstanding.register.proofs.consistency import Consistency, prove_consistency
    from goodstanding.register.proofs.verify import verify_bundle
    from goodstanding.register.proofs.words import Verdict
else:
    __getattr__ = on_use(
        __name__,
        {
            "bundle": "MAX_BYTES Bundle LawArticle make_bundle",
            "consistency": "Consistency prove_consistency",
            "verify": "verify_bundle",
            "words": "Verdict",
        },
    )

__all__ = [
    "MAX_BYTES",
    "Bundle",
    "Consistency",
    "LawArticle",
    "Verdict",
    "make_bundle",
    "prove_consistency",
    "verify_bundle",
]
