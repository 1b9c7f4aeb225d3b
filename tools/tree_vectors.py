"""Write the frozen vectors of trees, tiles, keys and checkpoints: tests/vectors/.

python -m tools.tree_vectors            writes tree.json and tiles/
python -m tools.tree_vectors --check    fails if what is there is not what this computes

Nothing of the package is imported: roots and paths are the recursion of RFC 6962 word for
word, tiles are the formula of C2SP tlog-tiles, notes are written as C2SP signed-note says.
The vectors are frozen: if our code disagrees with them, our code is wrong.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
ORIGIN = "register.example/vectors"

SIZES = (*range(21), 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000)
#: Sizes whose every file is named, with its hash.
TILED = (1, 20, 255, 256, 257, 70_000)
#: The size of the log that lies in tests/vectors/tiles/ as it would be published.
PUBLISHED = 259
INCLUSIONS = [
    *((leaf, size) for size in (1, 2, 3, 7, 8, 9) for leaf in range(size)),
    *((leaf, 257) for leaf in (0, 255, 256)),
    *((leaf, 512) for leaf in (0, 255, 256, 511)),
    *((leaf, 70_000) for leaf in (0, 255, 256, 65_535, 65_536, 69_888, 69_999)),
]
CONSISTENCIES = [
    *((old, new) for new in range(1, 10) for old in range(1, new + 1)),
    *((old, 257) for old in (1, 128, 255, 256)),
    *((old, 70_000) for old in (1, 255, 256, 257, 512, 65_535, 65_536, 65_537, 69_999)),
]
KEYS = ("register.example/vectors", "register.example/lumen", "示范.example/登记册")


def entry(number: int) -> bytes:
    """The 32 bytes of entry ``number``."""
    return sha256(b"vector %d" % number).digest()


@cache
def root(low: int, high: int) -> bytes:
    """MTH(D[low:high]), RFC 6962 section 2.1."""
    if low == high:
        return sha256(b"").digest()
    if high - low == 1:
        return sha256(b"\x00" + entry(low)).digest()
    split = low + split_of(high - low)
    return sha256(b"\x01" + root(low, split) + root(split, high)).digest()


def split_of(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def path(leaf: int, low: int, high: int) -> list[bytes]:
    """PATH(leaf, D[low:high]), RFC 6962 section 2.1.1; ``leaf`` counts from ``low``."""
    if high - low == 1:
        return []
    split = split_of(high - low)
    if leaf < split:
        return [*path(leaf, low, low + split), root(low + split, high)]
    return [*path(leaf - split, low + split, high), root(low, low + split)]


def proof(old: int, low: int, high: int, whole: bool = True) -> list[bytes]:
    """SUBPROOF(old, D[low:high], whole), RFC 6962 section 2.1.2."""
    if old == high - low:
        return [] if whole else [root(low, high)]
    split = split_of(high - low)
    if old <= split:
        return [*proof(old, low, low + split, whole), root(low + split, high)]
    return [*proof(old - split, low + split, high, False), root(low, low + split)]


def files(size: int) -> Iterator[tuple[str, bytes]]:
    """Every tile and entry bundle of a log of ``size`` entries, C2SP tlog-tiles."""
    level = 0
    while hashes := size // 256**level:
        for index in range(-(-hashes // 256)):
            width = min(256, hashes - index * 256)
            span = 256**level
            starts = range(index * 256 * span, (index * 256 + width) * span, span)
            yield name(str(level), index, width), b"".join(root(at, at + span) for at in starts)
        level += 1
    for index in range(-(-size // 256)):
        numbers = range(index * 256, min(size, index * 256 + 256))
        bundle = b"".join(b"\x00\x20" + entry(number) for number in numbers)
        yield name("entries", index, len(numbers)), bundle


def name(level: str, index: int, width: int) -> str:
    """Path of a tile; every index here has at most three digits."""
    return f"tile/{level}/{index:03}" + (f".p/{width}" if width < 256 else "")


def secret(origin: str) -> Ed25519PrivateKey:
    """The fixed key of an origin; its seed is no secret at all."""
    return Ed25519PrivateKey.from_private_bytes(sha256(origin.encode("utf-8")).digest())


def key_id(origin: str) -> bytes:
    """The first four bytes of SHA-256(name, newline, 0x01, public key)."""
    public = secret(origin).public_key().public_bytes_raw()
    return sha256(origin.encode("utf-8") + b"\n\x01" + public).digest()[:4]


def verifier_key(origin: str) -> str:
    """``name+id+key``."""
    public = b"\x01" + secret(origin).public_key().public_bytes_raw()
    return f"{origin}+{key_id(origin).hex()}+{base64.b64encode(public).decode('ascii')}"


def checkpoint(origin: str, size: int) -> str:
    """The signed checkpoint of the first ``size`` entries."""
    text = f"{origin}\n{size}\n{base64.b64encode(root(0, size)).decode('ascii')}\n"
    signature = key_id(origin) + secret(origin).sign(text.encode("utf-8"))
    return f"{text}\n\u2014 {origin} {base64.b64encode(signature).decode('ascii')}\n"


def tree_json() -> bytes:
    """The text of tests/vectors/tree.json; hashes in hex."""
    vectors = {
        "about": "Entry n is SHA-256 of the text 'vector <n>'. Written by tools/tree_vectors.py.",
        "roots": {size: root(0, size).hex() for size in SIZES},
        "inclusion": [
            {"leaf": leaf, "size": size, "path": [each.hex() for each in path(leaf, 0, size)]}
            for leaf, size in INCLUSIONS
        ],
        "consistency": [
            {"old": old, "new": new, "path": [each.hex() for each in proof(old, 0, new)]}
            for old, new in CONSISTENCIES
        ],
        "files": {
            size: {file: sha256(data).hexdigest() for file, data in files(size)} for size in TILED
        },
        "keys": [
            {
                "name": origin,
                "seed": sha256(origin.encode("utf-8")).hexdigest(),
                "id": key_id(origin).hex(),
                "vkey": verifier_key(origin),
                "checkpoint": checkpoint(origin, 20),
            }
            for origin in KEYS
        ],
    }
    return (json.dumps(vectors, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def all_files() -> dict[Path, bytes]:
    """Everything this writes."""
    published = {
        "checkpoint": checkpoint(ORIGIN, PUBLISHED).encode("utf-8"),
        "vkey": f"{verifier_key(ORIGIN)}\n".encode(),
        **dict(files(PUBLISHED)),
    }
    tiles = {VECTORS / "tiles" / file: data for file, data in published.items()}
    return {VECTORS / "tree.json": tree_json(), **tiles}


def main() -> int:
    expected = all_files()
    if "--check" in sys.argv[1:]:
        wrong = [file for file, data in expected.items() if data != _read(file)]
        for file in wrong:
            print(f"{file} is not what tools/tree_vectors.py computes")
        return 1 if wrong else 0
    for file, data in expected.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return 0


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


if __name__ == "__main__":
    raise SystemExit(main())
