"""Write the test vectors of proof bundles: tests/vectors/bundles/.

python -m tools.bundle_vectors            writes them
python -m tools.bundle_vectors --check    fails if they are not what it would write

Invariant: frozen. Keys, salts and times are fixed and nothing of the package is used, so the
same bytes come out for ever and a mistake of the package cannot hide in them. The manifest says
of each file with which options it is checked, and the verdict: verified, or the failing step.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tools.bundle_parts import (
    ARTICLE,
    CAFE,
    CHAMBER,
    EARLIER,
    NEXT_KEY,
    NOW_SECONDS,
    ONE,
    ORIGIN,
    OTHER,
    REGISTER,
    TWO_OF_THREE,
    UNION,
    WITNESSES,
    Bundle,
    Case,
    Key,
    b64,
    bundle_of,
    canonical,
    changed,
    cosigned,
    event,
    head_of,
    head_text,
    nested,
    plain,
    record,
    replaced,
    respelled,
    salt,
    signature_line,
    signed,
    written,
)  # fmt: skip

FOLDER = Path(__file__).parent.parent / "tests" / "vectors" / "bundles"


def valid() -> Iterator[Case]:
    text = head_of(plain())
    yield Case("valid-record-of-8", None, written(plain()))
    yield Case("valid-record-size-1", None, written(bundle_of(canonical(record(0)), 0, 1)))
    yield Case("valid-record-size-2", None, written(bundle_of(canonical(record(1)), 1, 2)))
    yield Case("valid-last-of-13", None, written(bundle_of(canonical(record(12)), 12, 13)))
    yield Case("valid-first-of-300", None, written(bundle_of(canonical(record(0)), 0, 300)))
    yield Case("valid-middle-of-257", None, written(bundle_of(canonical(record(256)), 256, 257)))
    yield Case("valid-event-of-7", None, written(bundle_of(canonical(event()), 6, 7)))
    escapes = canonical(event(event="\x1b[2J\u202e"))
    yield Case("valid-event-of-escapes", None, written(bundle_of(escapes)), [])
    act = {"act": "withdrawal", "supersedes": 1, "ends_on": None, "facts": {}}
    yield Case("valid-withdrawal", None, written(bundle_of(canonical(record(3, **act)))))
    yield Case("valid-key-in-bundle", None, written(plain()), [])
    yield Case(
        "valid-key-of-policy",
        None,
        cosigned(UNION.cosign(text), CAFE.cosign(text)),
        [],
        TWO_OF_THREE,
    )
    yield Case("valid-second-key-signs", None, written(plain()), [NEXT_KEY.vkey, REGISTER.vkey])
    yield Case(
        "valid-both-keys-sign", None, cosigned(NEXT_KEY.line(text)), [NEXT_KEY.vkey, REGISTER.vkey]
    )
    yield Case("valid-no-articles", None, changed(lambda bundle: bundle.update(law=[])))
    yield Case("valid-one-cosignature", None, cosigned(UNION.cosign(text)), policy=ONE)
    yield Case(
        "valid-three-cosignatures",
        None,
        cosigned(*(w.cosign(text) for w in WITNESSES)),
        policy=TWO_OF_THREE,
    )
    yield Case("valid-cosignatures-unasked", None, cosigned(*(w.cosign(text) for w in WITNESSES)))
    yield Case(
        "valid-quorum-none",
        None,
        cosigned(CHAMBER.cosign(text)),
        policy=f"witness c {CHAMBER.vkey}\nquorum none\n",
    )
    yield Case(
        "valid-witness-clock-ahead",
        None,
        cosigned(UNION.cosign(text, NOW_SECONDS + 300)),
        policy=ONE,
    )
    two = cosigned(UNION.cosign(text, EARLIER - 60), UNION.cosign(text))
    yield Case("valid-cosigned-twice", None, two, policy=ONE)
    late = cosigned(UNION.cosign(text, NOW_SECONDS + 9000), UNION.cosign(text))
    yield Case("valid-future-cosignature-beside-a-true-one", None, late, policy=ONE)
    unknown = signature_line(Key("pq.example", 40), bytes(2420))
    yield Case("valid-unknown-signature-beside", None, cosigned(unknown))
    same_name = signature_line(Key(ORIGIN, 41), bytes(64))
    yield Case("valid-unknown-key-of-the-same-name", None, cosigned(same_name))
    more = text + "extension: one\nextension: two\n"
    yield Case("valid-extension-lines", None, signed(more))
    yield Case("valid-compact-and-escaped", None, json.dumps(plain(), sort_keys=True).encode())
    yield Case(
        "valid-at-the-size-limit", None, written(plain()), blanks=(1 << 20) - len(written(plain()))
    )
    odd = (
        '{"event":"odd","known_at":"2026-01-01T00:00:00.000000Z","schema":"goodstanding/event/1",'
        '"z":"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028\u202ee\u0301\u00e9\ufeff\U0001f6a2",'
        '"\U0001f6a2":1,"\ufb33":-9007199254740991}'
    )
    yield Case("valid-odd-unicode", None, written(bundle_of(odd)))
    proto = (
        '{"__proto__":{"event":1},"constructor":[],"event":"odd",'
        '"known_at":"2026-01-01T00:00:00.000000Z","schema":"goodstanding/event/1"}'
    )
    yield Case("valid-names-of-javascript", None, written(bundle_of(proto)))
    yield Case("valid-sealed-nested-16", None, written(bundle_of(canonical(event(z=nested(15))))))


def bad_files() -> Iterator[Case]:
    """Steps 1 and 2: limits and JSON."""
    yield Case("oversized", 1, written(plain()), blanks=1 << 20)
    yield Case("nested-10000", 1, b"[" * 10_000 + b"]" * 10_000)
    yield Case("nested-10000-unclosed", 1, b'{"schema":' * 10_000)
    yield Case("nested-17", 1, written({"schema": nested(16)}))
    yield Case("empty", 2, b"")
    yield Case("not-json", 2, b"a bundle\n")
    yield Case("cut-short", 2, written(plain())[:-40])
    yield Case("two-values", 2, written(plain()) * 2)
    yield Case("not-utf8", 2, replaced("A test vector.", "?").replace(b'"?"', b'"\xff"'))
    yield Case("byte-order-mark", 2, b"\xef\xbb\xbf" + written(plain()))
    yield Case("half-a-character", 2, replaced("A test vector.", "\\ud83d"))
    yield Case("half-a-character-in-bytes", 2, replaced("A test vector.", "\ud83d"))
    yield Case("bare-control-character", 2, replaced("A test vector.", "\t"))
    yield Case("bad-escape", 2, replaced("A test vector.", "\\x41"))
    yield Case(
        "duplicate-member", 2, replaced('"about"', '"schema": "goodstanding/bundle/1", "about"')
    )
    yield Case("duplicate-member-escaped", 2, replaced('"about"', '"\\u0061bout": "", "about"'))
    yield Case("duplicate-member-inside", 2, replaced('"leaf": 3', '"leaf": 2, "leaf": 3'))
    for name, number in {
        "fraction": "3.0",
        "exponent": "3e0",
        "minus-nothing": "-0",
        "huge": "9007199254740992",
        "very-huge": "1" * 5000,
        "infinite": "Infinity",
        "nan": "NaN",
        "leading-zero": "03",
        "hex": "0x3",
    }.items():
        yield Case(f"leaf-{name}", 2, replaced('"leaf": 3', f'"leaf": {number}'))
    yield Case("trailing-comma", 2, replaced('"leaf": 3,', '"leaf": 3,,'))


def bad_forms() -> Iterator[Case]:
    """Step 3: the members of a bundle."""

    def entry(**members: object) -> bytes:
        return changed(lambda bundle: bundle["entry"].update(members))

    def whole(**members: object) -> bytes:
        return changed(lambda bundle: bundle.update(members))

    first = plain()["path"][0]
    yield Case("not-an-object", 3, written([plain()]))
    yield Case("other-schema", 3, whole(schema="goodstanding/bundle/2"))
    yield Case("schema-is-a-list", 3, whole(schema=["goodstanding/bundle/1"]))
    for name in plain():
        rest = {member: value for member, value in plain().items() if member != name}
        yield Case(f"without-{name}", 3, written(rest))
    yield Case("without-salt", 3, changed(lambda bundle: bundle["entry"].pop("salt")))
    yield Case("unknown-member", 3, whole(verified=True))
    yield Case("unknown-member-proto", 3, whole(__proto__={}))
    yield Case("leaf-text", 3, entry(leaf="3"))
    yield Case("leaf-true", 3, entry(leaf=True))
    yield Case("leaf-null", 3, entry(leaf=None))
    yield Case("leaf-negative", 3, entry(leaf=-1))
    yield Case("salt-upper-case", 3, entry(salt=salt(3).hex().upper()))
    yield Case("salt-short", 3, entry(salt=salt(3).hex()[:-2]))
    yield Case("salt-with-newline", 3, entry(salt=salt(3).hex() + "\n"))
    yield Case("sealed-object", 3, entry(sealed=record(3)))
    yield Case("path-text", 3, whole(path=first))
    yield Case("path-of-65", 3, whole(path=[first] * 65))
    yield Case("path-hash-short", 3, whole(path=[b64(bytes(31)), *plain()["path"][1:]]))
    yield Case("path-hash-number", 3, whole(path=[1, *plain()["path"][1:]]))
    yield Case(
        "path-base64-other-spelling", 3, whole(path=[respelled(each) for each in plain()["path"]])
    )
    yield Case("path-base64-newline", 3, whole(path=[first + "\n", *plain()["path"][1:]]))
    yield Case(
        "path-base64-unpadded", 3, whole(path=[each.rstrip("=") for each in plain()["path"]])
    )
    urlsafe = [each.translate(str.maketrans("+/", "-_")) for each in plain()["path"]]
    assert urlsafe != plain()["path"]
    yield Case("path-base64-of-urls", 3, whole(path=urlsafe))
    yield Case("checkpoint-null", 3, whole(checkpoint=None))
    yield Case("key-null", 3, whole(key=None), [])
    yield Case("law-object", 3, whole(law=ARTICLE))
    yield Case(
        "law-without-link", 3, whole(law=[{k: v for k, v in ARTICLE.items() if k != "link"}])
    )
    yield Case("law-title-number", 3, whole(law=[ARTICLE | {"titles": {"en": 3}}]))
    yield Case("law-from-number", 3, whole(law=[ARTICLE | {"from": 2015}]))


def bad_entries() -> Iterator[Case]:
    """Steps 4 and 5: sealed text and law. Each is sealed and proved; only its form is wrong."""

    def sealed(text: str) -> bytes:
        return written(bundle_of(text))

    good = canonical(record(3))
    yield Case("sealed-with-blank", 4, sealed(good.replace(":", ": ", 1)))
    yield Case("sealed-with-newline", 4, sealed(good + "\n"))
    yield Case("sealed-out-of-order", 4, sealed('{"z":1,' + canonical(event())[1:]))
    yield Case("sealed-escaped", 4, sealed(good.replace("\u5149", "\\u5149")))
    yield Case(
        "sealed-upper-case-escape", 4, sealed(canonical(event(z="\x1f")).replace("1f", "1F"))
    )
    yield Case("sealed-escaped-slash", 4, sealed(good.replace("Decision 3/", "Decision 3\\/")))
    yield Case("sealed-fraction", 4, sealed(good.replace('"row":4', '"row":4.0')))
    yield Case("sealed-huge-number", 4, sealed(good.replace('"row":4', f'"row":{2**53}')))
    yield Case("sealed-duplicate-member", 4, sealed(good.replace('"row":4', '"row":4,"row":4')))
    yield Case("sealed-half-a-character", 4, sealed(good.replace("\u5149", "\\udc00")))
    yield Case("sealed-not-json", 4, sealed("a fine"))
    yield Case("sealed-empty", 4, sealed(""))
    yield Case("sealed-list", 4, sealed("[]"))
    yield Case("sealed-null", 4, sealed("null"))
    yield Case("sealed-nested-10000", 4, sealed("[" * 10_000 + "]" * 10_000))
    yield Case("sealed-nested-17", 4, sealed(canonical(event(z=nested(16)))))
    yield Case(
        "sealed-other-schema", 4, sealed(canonical(record(3, schema="goodstanding/record/2")))
    )
    yield Case(
        "sealed-schema-list", 4, sealed(canonical(record(3, schema=["goodstanding/record/1"])))
    )
    yield Case("sealed-schema-of-javascript", 4, sealed(canonical(record(3, schema="constructor"))))
    yield Case("sealed-without-known-at", 4, sealed(canonical({**event(), "known_at": None})))
    yield Case("sealed-known-at-day", 4, sealed(canonical(event(known_at="2026-01-01"))))
    yield Case(
        "sealed-known-at-other-digits",
        4,
        sealed(canonical(event(known_at="\u0662026-01-01T00:00:00.000000Z"))),
    )
    yield Case("sealed-event-without-name", 4, sealed(canonical(event(event=None))))
    yield Case("sealed-record-without-basis", 4, sealed(canonical(record(3, basis=None))))
    other = ARTICLE | {"id": "port_act.9"}
    yield Case("law-not-named", 5, changed(lambda bundle: bundle.update(law=[other])))
    yield Case(
        "law-beside-an-event",
        5,
        changed(lambda bundle: bundle.update(law=[ARTICLE]), bundle_of(canonical(event()))),
    )
    yield Case("law-twice", 5, changed(lambda bundle: bundle.update(law=[ARTICLE, ARTICLE])))


def bad_trust() -> Iterator[Case]:
    """Step 6: keys and policies."""
    name, id_, public = REGISTER.vkey.split("+", 2)
    for about, key in {
        "of-unknown-algorithm": Key(ORIGIN, 1, 2).vkey,
        "of-a-witness": Key(ORIGIN, 1, 4).vkey,
        "with-wrong-id": f"{name}+00000000+{public}",
        "with-upper-case-id": f"{name}+{'AB' * 4}+{public}",
        "without-name": f"+{id_}+{public}",
        "with-blank-in-name": Key("register.example/ lumen", 1).vkey,
        "with-odd-blank-in-name": Key("register.example/\u3000lumen", 1).vkey,
        "too-short": f"{name}+{id_}+{b64(REGISTER.public[:-1])}",
        "not-base64": f"{name}+{id_}+!",
        "with-newline": f"{REGISTER.vkey}\n",
        "empty": "",
        "one-word": ORIGIN,
    }.items():
        yield Case(f"key-{about}", 6, written(plain()), [key])
    in_bundle = changed(lambda bundle: bundle.update(key=Key(ORIGIN, 1, 2).vkey))
    yield Case("key-in-bundle-of-unknown-algorithm", 6, in_bundle, [])
    w = f"witness w {UNION.vkey}\n"
    for about, policy in {
        "empty": "",
        "without-quorum": w,
        "of-two-quorums": f"{w}quorum w\nquorum w\n",
        "of-unknown-word": f"{w}quorum w\ntrust w\n",
        "of-undefined-name": f"quorum w\n{w}",
        "of-undefined-member": f"{w}group g 1 w x\nquorum g\n",
        "of-member-twice": f"{w}group g 1 w w\nquorum g\n",
        "of-member-of-two-groups": f"{w}group g any w\ngroup h any w\nquorum g\n",
        "of-name-twice": f"{w}witness w {CHAMBER.vkey}\nquorum w\n",
        "of-key-twice": f"{w}witness v {Key('another', UNION.seed, 4).vkey}\nquorum w\n",
        "of-log-twice": f"log {REGISTER.vkey}\nlog {REGISTER.vkey}\nquorum none\n",
        "of-name-none": f"witness none {UNION.vkey}\nquorum none\n",
        "of-threshold-0": f"{w}group g 0 w\nquorum g\n",
        "of-threshold-2-of-1": f"{w}group g 2 w\nquorum g\n",
        "of-threshold-of-javascript": f"{w}group g constructor w\nquorum g\n",
        "of-empty-group": f"{w}group g any\nquorum g\n",
        "with-plain-key-of-witness": f"witness w {Key(UNION.name, UNION.seed).vkey}\nquorum w\n",
        "with-control-character": f"{w}quorum w\r\n",
        "with-delete-character": f"{w}# \x7f\nquorum w\n",
        "without-last-newline": f"{w}quorum w",
        "with-odd-blank": f"witness\u00a0w {UNION.vkey}\nquorum w\n",
    }.items():
        yield Case(f"policy-{about}", 6, cosigned(UNION.cosign(head_of(plain()))), policy=policy)


def bad_checkpoints() -> Iterator[Case]:
    """Step 7: the signed checkpoint."""
    bundle = plain()
    text, note = head_of(bundle), bundle["checkpoint"]
    root = base64.b64decode(text.split("\n")[2])
    line = REGISTER.line(text)

    def checkpoint(changed_note: str) -> bytes:
        return changed(lambda each: each.update(checkpoint=changed_note))

    flipped = bytearray(base64.b64decode(line.split(" ")[2]))
    flipped[40] ^= 1
    yield Case(
        "signature-bit-flipped", 7, checkpoint(f"{text}\n\u2014 {ORIGIN} {b64(bytes(flipped))}\n")
    )
    yield Case(
        "signature-cut", 7, checkpoint(f"{text}\n\u2014 {ORIGIN} {b64(bytes(flipped)[:-1])}\n")
    )
    yield Case("signature-empty", 7, checkpoint(f"{text}\n\u2014 {ORIGIN} {b64(REGISTER.id)}\n"))
    yield Case("signature-other-spelling", 7, checkpoint(note[:-1].rstrip("=") + "\n"))
    yield Case("signature-second-wrong", 7, checkpoint(note + signature_line(REGISTER, bytes(64))))
    yield Case("signature-line-malformed", 7, checkpoint(note.replace("\u2014", "-")))
    yield Case("signature-two-blanks", 7, checkpoint(note.replace(f" {ORIGIN} ", f" {ORIGIN}  ")))
    yield Case("signature-line-empty", 7, checkpoint(note + "\n"))
    yield Case(
        "root-bit-flipped",
        7,
        checkpoint(note.replace(b64(root), b64(bytes([root[0] ^ 1]) + root[1:]))),
    )
    yield Case("size-changed", 7, checkpoint(note.replace("\n8\n", "\n9\n")))
    yield Case("not-signed", 7, checkpoint(f"{text}\n"))
    yield Case("not-a-note", 7, checkpoint(text))
    yield Case("checkpoint-empty", 7, checkpoint(""))
    yield Case("without-last-newline", 7, checkpoint(note[:-1]))
    yield Case("carriage-returns", 7, checkpoint(note.replace("\n", "\r\n")))
    yield Case(
        "signatures-101",
        7,
        checkpoint(note + signature_line(Key("x.example", 50), bytes(64)) * 100),
    )
    theirs = head_text(8, root, OTHER.name)
    yield Case("checkpoint-of-another-log", 7, signed(theirs, key=OTHER))
    yield Case("key-of-another-log", 7, written(plain()), [OTHER.vkey])
    yield Case("key-not-the-signer", 7, written(plain()), [NEXT_KEY.vkey])
    yield Case("origin-wrong", 7, signed(theirs))
    yield Case("origin-empty", 7, signed(head_text(8, root, "")))
    for about, size in {
        "leading-zero": "08",
        "signed": "+8",
        "negative": "-8",
        "hex": "0x8",
        "blank": "8 ",
        "too-big": str(2**63),
        "endless": "8" * 400,
        "other-digits": "\u0668",
    }.items():
        yield Case(f"size-{about}", 7, signed(head_text(size, root)))
    yield Case("root-short", 7, signed(head_text(8, root[:-1])))
    yield Case("root-other-spelling", 7, signed(f"{ORIGIN}\n8\n{respelled(b64(root))}\n"))
    yield Case("root-missing", 7, signed(f"{ORIGIN}\n8\n"))
    yield Case("extension-line-empty", 7, signed(f"{text}\nmore\n"))


def bad_proofs() -> Iterator[Case]:
    """Step 8: salt, sealed text and path against the signed root."""
    path = [base64.b64decode(each) for each in plain()["path"]]

    def entry(**members: object) -> bytes:
        return changed(lambda bundle: bundle["entry"].update(members))

    def along(nodes: list[bytes], bundle: Bundle | None = None) -> bytes:
        return changed(lambda each: each.update(path=[b64(node) for node in nodes]), bundle)

    flipped = bytes([path[1][0] ^ 0x80]) + path[1][1:]
    yield Case(
        "sealed-bit-flipped", 8, entry(sealed=canonical(record(3)).replace("12.50", "13.50"))
    )
    yield Case("sealed-of-a-neighbour", 8, entry(sealed=canonical(record(2))))
    yield Case(
        "salt-bit-flipped", 8, entry(salt=f"{bytes([salt(3)[0] ^ 1]).hex()}{salt(3)[1:].hex()}")
    )
    yield Case("path-bit-flipped", 8, along([path[0], flipped, path[2]]))
    yield Case("path-reversed", 8, along(path[::-1]))
    yield Case("path-too-short", 8, along(path[:-1]))
    yield Case("path-empty", 8, along([]))
    yield Case("path-too-long", 8, along([*path, path[0]]))
    yield Case("path-of-64", 8, along(path[:1] * 64))
    yield Case("path-beside-size-1", 8, along(path[:1], bundle_of(canonical(record(0)), 0, 1)))
    yield Case("leaf-wrong", 8, entry(leaf=2))
    yield Case("leaf-at-the-size", 8, entry(leaf=8))
    yield Case("leaf-largest", 8, entry(leaf=2**53 - 1))
    yield Case("tree-empty", 8, signed(head_text(0, sha256(b"").digest())))
    yield Case("tree-of-another-history", 8, signed(head_text(8, sha256(b"fork").digest())))
    yield Case("tree-of-the-largest-size", 8, signed(head_text(2**63 - 1, sha256(b"x").digest())))


def bad_witnesses() -> Iterator[Case]:
    """Step 9: cosignatures and policy."""
    text = head_of(plain())
    data = base64.b64decode(UNION.cosign(text).split(" ")[2])[4:]
    later = (EARLIER + 1).to_bytes(8, "big") + data[8:]
    impostor = Key(UNION.name, 60, 4)
    for about, lines in {
        "nobody": [],
        "another-witness": [CHAMBER.cosign(text)],
        "impostor": [impostor.cosign(text)],
        "plain-signature": [Key(UNION.name, UNION.seed).line(text)],
        "of-another-head": [UNION.cosign(head_text(8, sha256(b"fork").digest()))],
        "time-changed": [signature_line(UNION, later)],
        "cut": [signature_line(UNION, data[:-1])],
        "without-time": [signature_line(UNION, data[8:])],
        "time-zero": [UNION.cosign(text, 0)],
        "from-the-future": [UNION.cosign(text, NOW_SECONDS + 301)],
        "from-the-far-future": [UNION.cosign(text, 2**63 - 1)],
        "beyond-all-time": [UNION.cosign(text, 2**63)],
        "once-right-once-wrong": [UNION.cosign(text), signature_line(UNION, later)],
    }.items():
        yield Case(f"cosigned-{about}", 9, cosigned(*lines), policy=ONE)
    yield Case("cosigned-by-1-of-2", 9, cosigned(UNION.cosign(text)), policy=TWO_OF_THREE)
    near = cosigned(UNION.cosign(text), CHAMBER.cosign(text))
    yield Case("cosigned-twice-in-one-group", 9, near, policy=TWO_OF_THREE)
    wrong = cosigned(UNION.cosign(text), CAFE.cosign(text), signature_line(CHAMBER, data))
    yield Case("cosigned-by-enough-and-one-wrong", 9, wrong, policy=TWO_OF_THREE)
    other_log = f"log {NEXT_KEY.vkey}\nquorum none\n"
    yield Case(
        "log-of-the-policy-wrong",
        9,
        cosigned(signature_line(NEXT_KEY, bytes(64))),
        policy=other_log,
    )


def cases() -> list[Case]:
    groups = (
        valid,
        bad_files,
        bad_forms,
        bad_entries,
        bad_trust,
        bad_checkpoints,
        bad_proofs,
        bad_witnesses,
    )
    found = [case for group in groups for case in group()]
    assert len({case.name for case in found}) == len(found)
    return found


def files() -> dict[str, bytes]:
    """Name -> bytes of every file of the folder."""
    found = cases()
    manifest = json.dumps([case.manifest() for case in found], ensure_ascii=False, indent=1)
    return {"manifest.json": f"{manifest}\n".encode()} | {
        f"{case.name}.json": case.data for case in found
    }


def main() -> int:
    """Write or check the vectors."""
    wanted = files()
    found = {file.name: file.read_bytes() for file in FOLDER.glob("*.json")}
    if "--check" in sys.argv[1:]:
        return 0 if found == wanted else 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in found.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, data in wanted.items():
        (FOLDER / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
