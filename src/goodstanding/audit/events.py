"""The one published list of what may be noted.

Invariant: whatever is done to a register, and every look at what is not public, is one of
these events. A name, once published, keeps its meaning. docs/reference/events.md is generated
from here.
"""

from __future__ import annotations

from goodstanding.audit.model import EventType, Kind, Member, Need

_REASONED = (
    Member("basis", "the article it rests on"),
    Member("authority", "the authority that decided it", required=False),
)
_SCHEME = Member("scheme", "the scheme, as pack/scheme")
_AS_OF = Member("as_of", "the day the question is about")
_KNOWN_UNTIL = Member(
    "known_until", "the instant up to which knowledge was used, if not all", required=False
)

NODE_FOUNDED = EventType(
    "node_founded",
    Kind.ACT,
    "The node is founded",
    "The access log is made first; its first entry is the founding of the node it belongs to.",
    members=(
        Member("origin", "the name of the register"),
        Member("pack", "the pack under which it records"),
    ),
)
PACK_ADOPTED = EventType(
    "pack_adopted",
    Kind.ACT,
    "A version of the pack comes in",
    "The register records and evaluates by this version from here on; its event `pack_adopted` "
    "names the version before and the files that changed.",
    members=(
        Member("pack", "the pack under which it records"),
        Member("digest", "the digest of the version"),
    ),
)
ACCESS_LOG_BEGUN = EventType(
    "access_log_begun",
    Kind.ACT,
    "An access log is begun late",
    "The node had none, because it is older than access logs or because someone removed it. "
    "Nothing is known of what was done and seen before.",
    members=(Member("register_size", "how many entries the register held already"),),
)
DELIVERY_RECEIVED = EventType(
    "delivery_received",
    Kind.ACT,
    "A delivery is taken",
    "An agency's file is read, checked and, where it is good, sealed. The register's event "
    "`delivery` says what came of it.",
    members=(Member("source", "the source contract"),),
)
RECORD_CORRECTED = EventType(
    "record_corrected",
    Kind.ACT,
    "A record is corrected",
    "An officer supersedes a record with changed content.",
    leaves=Need.MUST,
    subject=Need.MAY,
    members=_REASONED,
)
HELD_ROW_RELEASED = EventType(
    "held_row_released",
    Kind.ACT,
    "A held row is released",
    "An officer lets a row be recorded that may be about a natural person, for it is about an "
    "establishment or a permit whose publication a statute orders.",
    members=(Member("source", "the quarantine file and the row"), *_REASONED),
)
RECORD_WITHDRAWN = EventType(
    "record_withdrawn",
    Kind.ACT,
    "A record is withdrawn",
    "An officer ends a record that should no longer stand.",
    leaves=Need.MUST,
    subject=Need.MAY,
    members=_REASONED,
)
RECORD_ERASED = EventType(
    "record_erased",
    Kind.ACT,
    "A payload is erased",
    "Payload and salt of entries are deleted for good; their commitments stay.",
    leaves=Need.MUST,
    subject=Need.MAY,
    members=_REASONED,
)
KEY_ROTATED = EventType(
    "key_rotated",
    Kind.ACT,
    "The signing key is replaced",
    "A new key signs from here on; the register's event `key_rotated` names both. Where it is the "
    "access log's own key that changes, after a restore, this entry does.",
    members=(
        Member("old", "the access log's key of before", required=False),
        Member("new", "the access log's key from here on", required=False),
    ),
)
KEY_COMPROMISED = EventType(
    "key_compromised",
    Kind.ACT,
    "A key is declared compromised",
    "What the key signed from a date on needs new cosignatures.",
    members=(
        Member("key", "the id of the key, eight hex digits"),
        Member("since", "the instant from which its signatures are not relied on"),
    ),
)
KEY_ENCRYPTED = EventType(
    "key_encrypted",
    Kind.ACT,
    "The signing key is encrypted where it lies",
    "The private key now needs a passphrase.",
)
ERASED_KEY_RENEWED = EventType(
    "erased_key_renewed",
    Kind.ACT,
    "The key of erased records is renewed",
    "Erasures to come are marked under a new key; the earlier ones are still tried.",
)
ERASED_KEY_LOST = EventType(
    "erased_key_lost",
    Kind.ACT,
    "The loss of a key of erased records is accepted",
    "What was erased under that key is no longer recognised when it is delivered again.",
    members=(Member("key", "the id of the key, eight hex digits"),),
)
NODE_BACKED_UP = EventType(
    "node_backed_up",
    Kind.ACT,
    "A backup is made",
    "Everything the node holds is copied to another place.",
    members=(
        Member("size", "how many entries the register had"),
        Member("keys", "whether the private keys are in the copy: yes or no"),
    ),
)
NODE_RESTORED = EventType(
    "node_restored",
    Kind.ACT,
    "A restored node is brought up to date",
    "The node was made of a backup. What was noted and recorded after the backup is not in it; "
    "what was erased since, by the ledger, is erased again. The register's event `log_restored` "
    "says how it goes on.",
    members=(
        Member("backup", "the SHA-256 of the backup's list of hashes"),
        Member("size", "how many entries the register had in the backup"),
        Member("reason", "why"),
    ),
)
CLOCK_SET = EventType(
    "clock_set",
    Kind.ACT,
    "The clock is set right",
    "An officer says that the clock is right, after a long silence or after it was ahead. Entries "
    "before this one count as known by now, whatever instant they bear; the same event stands in "
    "the register.",
    members=(
        Member("day", "the day that the officer named"),
        Member("last", "the latest instant before", required=False),
        Member("reason", "why"),
    ),
)
CHECKPOINT_PUBLISHED = EventType(
    "checkpoint_published",
    Kind.ACT,
    "A checkpoint is published",
    "Witnesses are asked for cosignatures; with the quorum the checkpoint counts as published.",
    members=(Member("size", "how many entries the checkpoint covers"),),
)
INDEX_REBUILT = EventType(
    "index_rebuilt",
    Kind.ACT,
    "The index is rebuilt",
    "Every segment is read and the index made anew; the register does not change.",
)
SCHEME_PUBLISHED = EventType(
    "scheme_published",
    Kind.ACT,
    "A scheme is put into force",
    "A version of a scheme becomes law of this register by an act; the register's event "
    "`scheme_published` names its hash, the act, the officer and the backtest.",
    members=(_SCHEME, Member("act", "the act by which it is put into force")),
)
STANDINGS_EVALUATED = EventType(
    "standings_evaluated",
    Kind.LOOK,
    "Standings are evaluated",
    "Every subject of a scheme is evaluated and the results are written to files.",
    members=(_SCHEME, _AS_OF, _KNOWN_UNTIL),
)
FILE_EXPLAINED = EventType(
    "file_explained",
    Kind.LOOK,
    "A subject's file is opened",
    "One subject's standing is explained from its records, each with its proof.",
    subject=Need.MUST,
    members=(_SCHEME, _AS_OF, _KNOWN_UNTIL),
)
CHANGES_ASKED = EventType(
    "changes_asked",
    Kind.LOOK,
    "What would change a standing is asked",
    "One subject's records are read and permitted changes to them are tried; nothing is changed.",
    subject=Need.MUST,
    members=(_SCHEME, _AS_OF, Member("grade", "the grade wished for"), _KNOWN_UNTIL),
)
EVIDENCE_COMPARED = EventType(
    "evidence_compared",
    Kind.LOOK,
    "Published results are compared with computed ones",
    "Every record that keeps a published result is compared with what the scheme gives on its day, "
    "and shown.",
    members=(_SCHEME, _AS_OF),
)
SCHEME_BACKTESTED = EventType(
    "scheme_backtested",
    Kind.LOOK,
    "A scheme is backtested",
    "Every subject of a scheme is evaluated under two versions of it on several days, and the "
    "differences are written to files.",
    members=(
        _SCHEME,
        Member("against", "the version or pack it is compared with"),
        Member("start", "the first day looked at"),
        Member("end", "the last day looked at"),
        Member("by_group", "the fact by which subjects are grouped", required=False),
    ),
)
DELIVERY_REHEARSED = EventType(
    "delivery_rehearsed",
    Kind.LOOK,
    "A delivery is rehearsed",
    "An agency's file is read, checked and compared, and what would come of it is shown by name; "
    "nothing is sealed.",
    members=(Member("source", "the source contract"),),
)
DELIVERIES_READ = EventType(
    "deliveries_read",
    Kind.LOOK,
    "Deliveries are read",
    "The deliveries of the node are listed, or whom one of them concerned is shown by name.",
    members=(
        Member("delivery", "the delivery, by entry or digest; none for the list", required=False),
    ),
)
RECORDS_READ = EventType(
    "records_read",
    Kind.LOOK,
    "Records are read",
    "Records of a subject, or entries by their leaf, are read for another reason than below.",
    subject=Need.MAY,
    leaves=Need.MAY,
)
RECORD_PROVED = EventType(
    "record_proved",
    Kind.LOOK,
    "A proof bundle is made",
    "A record with its salt and proof is put into a file that may leave the node.",
    subject=Need.MAY,
    leaves=Need.MUST,
)
RECORD_HISTORY_READ = EventType(
    "record_history_read",
    Kind.LOOK,
    "A record's history is read",
    "The chain of versions, corrections, withdrawals and erasures of one record is shown.",
    subject=Need.MAY,
    leaves=Need.MUST,
)
QUARANTINE_READ = EventType(
    "quarantine_read",
    Kind.LOOK,
    "The quarantine is read",
    "Rejected rows are shown, or the list of files that hold them.",
    members=(Member("file", "the file of rejected rows; none for the list", required=False),),
)
ACCESS_LOG_READ = EventType(
    "access_log_read",
    Kind.LOOK,
    "The access log is read",
    "Someone reads who did and saw what: all of it, or what concerns one subject.",
    subject=Need.MAY,
)

#: The list, in the order of the page: acts, then looks.
ALL: tuple[EventType, ...] = (
    NODE_FOUNDED,
    PACK_ADOPTED,
    ACCESS_LOG_BEGUN,
    DELIVERY_RECEIVED,
    RECORD_CORRECTED,
    HELD_ROW_RELEASED,
    RECORD_WITHDRAWN,
    RECORD_ERASED,
    KEY_ROTATED,
    KEY_COMPROMISED,
    KEY_ENCRYPTED,
    ERASED_KEY_RENEWED,
    ERASED_KEY_LOST,
    NODE_BACKED_UP,
    NODE_RESTORED,
    CLOCK_SET,
    CHECKPOINT_PUBLISHED,
    INDEX_REBUILT,
    SCHEME_PUBLISHED,
    STANDINGS_EVALUATED,
    FILE_EXPLAINED,
    CHANGES_ASKED,
    SCHEME_BACKTESTED,
    EVIDENCE_COMPARED,
    DELIVERY_REHEARSED,
    DELIVERIES_READ,
    RECORDS_READ,
    RECORD_PROVED,
    RECORD_HISTORY_READ,
    QUARANTINE_READ,
    ACCESS_LOG_READ,
)

#: The same by name.
EVENTS: dict[str, EventType] = {event.name: event for event in ALL}
