"""Three real witnesses on loopback ports, a policy of two, and a node that tells two stories.

The clients see the same name and the same key; only what the witnesses remember, and will not
contradict, keeps the second story from counting.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.tiny_log import TinyLog

from goodstanding.kernel import FixedClock, GoodStandingError, parse_instant
from goodstanding.register.keys import SigningKey
from goodstanding.register.policy import Policy, judge, parse_policy, require_quorum
from goodstanding.register.tree import verify_consistency
from goodstanding.register.witness import (
    Doubt,
    Gathered,
    WitnessApp,
    WitnessFolder,
    WitnessServer,
    serving,
    submission,
    submit,
)
from goodstanding.register.witness.gather import gather

NOW = parse_instant("2026-01-31T12:00:00Z")
CLOCK = FixedClock(NOW)
LOG = SigningKey.generate("register.example/lumen")
ENTRIES = tuple(bytes([n]) for n in range(40))
HONEST = TinyLog(LOG, ENTRIES)
FORK = TinyLog(LOG, ENTRIES[:10] + tuple(b"x" + e for e in ENTRIES[10:]))
NAMES = ("harbour-union", "chamber", "mill")
PATIENCE = 5.0


@dataclass
class Town:
    """The three witnesses as folders, and as servers while they run."""

    folders: tuple[WitnessFolder, ...]
    servers: dict[str, WitnessServer]
    ends: dict[str, ExitStack]

    def stop(self, name: str) -> None:
        self.ends[name].close()

    def policy(self, quorum: str = "2") -> Policy:
        lines = [f"log {LOG.verifying_key}"]
        for folder in self.folders:
            lines.append(f"witness {folder.name} {folder.key} {self.servers[folder.name].url}")
        lines += [f"group town {quorum} {' '.join(NAMES)}", "quorum town", ""]
        return parse_policy("\n".join(lines).encode())

    def ask(self, log: TinyLog, size: int, seen: dict[str, int] | None = None) -> Gathered:
        return gather(
            log.note(size),
            self.policy(),
            lambda old: log.proof(old, size),
            CLOCK,
            remembered=seen,
            patience=PATIENCE,
        )


@contextmanager
def running(folder: WitnessFolder) -> Iterator[WitnessServer]:
    with serving(WitnessApp(folder.witness(CLOCK), folder.store)) as server:
        yield server


def make(folder: Path, name: str) -> WitnessFolder:
    made = WitnessFolder.create(folder / name, name)
    made.trust(str(LOG.verifying_key))
    return made


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    folders = tuple(make(tmp_path, name) for name in NAMES)
    with ExitStack() as stack:
        ends = {f.name: stack.enter_context(ExitStack()) for f in folders}
        servers = {f.name: ends[f.name].enter_context(running(f)) for f in folders}
        yield Town(folders, servers, ends)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[tuple[WitnessFolder, WitnessServer]]:
    folder = make(tmp_path, "harbour-union")
    with running(folder) as server:
        yield folder, server


def post(
    server: WitnessServer, body: bytes, method: str = "POST", path: str = "/add-checkpoint"
) -> tuple[int, str | None, bytes]:
    """Status, content type and body."""
    connection = http.client.HTTPConnection(str(server.host), server.port, timeout=PATIENCE)
    with closing(connection):
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()


def sent(log: TinyLog, old: int, new: int) -> bytes:
    return submission(old, log.proof(old, new), log.note(new)).body()


def test_an_honest_log_is_cosigned_by_all_and_grows(town: Town) -> None:
    first = town.ask(HONEST, 12)
    second = town.ask(HONEST, 40, first.remembered())
    assert (first.report.met, len(second.report.cosigned)) == (True, 3)


def test_a_log_that_forgot_what_its_witnesses_saw_is_told(town: Town) -> None:
    town.ask(HONEST, 12)
    assert len(town.ask(HONEST, 40).report.cosigned) == 3


def test_a_checkpoint_that_is_published_checks_out_elsewhere(town: Town) -> None:
    note = town.ask(HONEST, 12).note
    require_quorum(judge(note.encode(), town.policy(), NOW))


def test_the_second_story_finds_no_quorum(town: Town) -> None:
    town.ask(HONEST, 12)
    lied = town.ask(FORK, 20)
    assert not lied.report.met
    assert lied.report.words.startswith("0 of 2 needed")


def test_the_second_story_is_refused_with_reason(town: Town) -> None:
    town.ask(HONEST, 12)
    problems = [answer.problem for answer in town.ask(FORK, 20).answers]
    assert all("422" in p and "does not begin with that of 12" in p for p in problems)


def test_every_witness_keeps_the_second_story(town: Town) -> None:
    town.ask(HONEST, 12)
    town.ask(FORK, 20)
    kept = [evidence.note for folder in town.folders for evidence in folder.store.evidence()]
    assert kept == [FORK.note(20)] * 3


def test_two_stories_of_one_size_are_a_contradiction(town: Town) -> None:
    town.ask(HONEST, 12)
    town.ask(FORK, 12)
    doubts = [e.doubt for folder in town.folders for e in folder.store.evidence()]
    assert doubts == [Doubt.CONTRADICTION] * 3


def test_each_story_to_other_witnesses_leaves_one_without_quorum(town: Town) -> None:
    """The log shows one story to one witness, the other to the two others."""
    policy = town.policy()
    first = policy.witnesses[0]
    submit(first.url or "", first.key, HONEST.note(12), lambda _: (), NOW)
    lied = town.ask(FORK, 12)
    honest = town.ask(HONEST, 12)
    assert (lied.report.met, honest.report.met) == (True, False)


def test_two_stories_never_both_reach_two_of_three(town: Town) -> None:
    """Asked at the same moment for both: the witnesses cannot be split into two majorities."""
    found: list[Gathered] = []
    threads = [
        threading.Thread(target=lambda log=log: found.append(town.ask(log, 20)))
        for log in (HONEST, FORK)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(gathered.report.met for gathered in found) == 1


def test_a_client_without_quorum_says_who_did_not_cosign(town: Town) -> None:
    town.ask(HONEST, 12)
    lied = town.ask(FORK, 20)
    with pytest.raises(GoodStandingError, match="harbour-union did not, chamber did not") as seen:
        require_quorum(judge(lied.note.encode(), town.policy(), NOW))
    assert seen.value.code.id == "GS-REGISTER-005"


def test_one_dead_witness_of_three_does_not_hold_up_the_log(town: Town) -> None:
    policy = town.policy()
    town.stop("mill")
    gathered = gather(HONEST.note(12), policy, lambda _: (), CLOCK, patience=PATIENCE)
    assert gathered.report.words == (
        "2 of 2 needed: harbour-union cosigned, chamber cosigned, mill did not"
    )


def test_two_dead_witnesses_leave_it_unpublished(town: Town) -> None:
    policy = town.policy()
    town.stop("mill")
    town.stop("chamber")
    gathered = gather(HONEST.note(12), policy, lambda _: (), CLOCK, patience=PATIENCE)
    assert not gathered.report.met


def test_what_has_cosigned_is_not_asked_again(town: Town) -> None:
    first = town.ask(HONEST, 12)
    again = gather(first.note, town.policy(), lambda _: (), CLOCK, patience=PATIENCE)
    assert (again.answers, again.note) == ((), first.note)


def test_a_witness_remembers_over_a_restart(tmp_path: Path) -> None:
    folder = make(tmp_path, "harbour-union")
    with running(folder) as server:
        assert post(server, sent(HONEST, 0, 12))[0] == 200
    with running(WitnessFolder.open(folder.folder)) as server:
        assert post(server, sent(FORK, 12, 20))[0] == 422


#: Cosigns one checkpoint after another and says each size once its cosignature is given out.
_CHILD = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from goodstanding.kernel import SystemClock
from goodstanding.register.keys import SigningKey
from goodstanding.register.witness import WitnessFolder, submission
from tests.tiny_log import TinyLog

key = SigningKey(sys.argv[2], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[3])))
log = TinyLog(key, tuple(n.to_bytes(2, "big") for n in range(1000)))
witness = WitnessFolder.open(Path(sys.argv[1])).witness(SystemClock())
for size in range(1, 1000):
    answer = witness.consider(submission(size - 1, log.proof(size - 1, size), log.note(size)))
    if not answer.lines:
        sys.exit(str(answer))
    print(size, flush=True)
"""


@pytest.mark.parametrize("seen", [1, 7, 23])
def test_a_killed_witness_remembers_all_that_it_gave_out(tmp_path: Path, seen: int) -> None:
    seed = bytes([5]) * 32
    key = SigningKey("register.example/killed", Ed25519PrivateKey.from_private_bytes(seed))
    folder = WitnessFolder.create(tmp_path / "w", "harbour-union")
    folder.trust(str(key.verifying_key))
    words = [sys.executable, "-c", _CHILD, str(folder.folder), key.name, seed.hex()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(seen):
            child.stdout.readline()
        child.kill()
        last = max([seen, *map(int, child.stdout.read().split())])
    latest = folder.store.latest(key.name)
    assert latest is not None
    assert latest.head.size in (last, last + 1)


def test_many_at_once_never_roll_back(one: tuple[WitnessFolder, WitnessServer]) -> None:
    folder, server = one
    sizes: list[int] = []

    def grow() -> None:
        for size in range(1, 12):
            # Whoever comes late is refused: another has moved the witness on.
            with suppress(GoodStandingError):
                prove = partial(HONEST.proof, new=size)
                submit(server.url, folder.key, HONEST.note(size), prove, NOW, patience=PATIENCE)
            seen = folder.store.latest(LOG.name)
            sizes.append(seen.head.size if seen else 0)

    threads = [threading.Thread(target=grow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latest = folder.store.latest(LOG.name)
    assert latest is not None
    assert (latest.head, folder.store.evidence()) == (HONEST.head(max(sizes)), [])


STATUSES: dict[str, tuple[Callable[[], bytes], int]] = {
    "growth": (lambda: sent(HONEST, 12, 20), 200),
    "not a request": (lambda: b"old\n\n", 400),
    "older than its old size": (lambda: submission(13, (), HONEST.note(12)).body(), 400),
    "another key": (lambda: sent(TinyLog(SigningKey.generate(LOG.name), ENTRIES), 12, 20), 403),
    "another log": (lambda: sent(TinyLog(SigningKey.generate("other"), ENTRIES), 0, 20), 404),
    "another size": (lambda: sent(HONEST, 5, 20), 409),
    "a fork": (lambda: sent(FORK, 12, 20), 422),
    "two roots for one size": (lambda: sent(FORK, 12, 12), 422),
}


@pytest.mark.parametrize("case", STATUSES)
def test_the_status_is_the_one_of_the_specification(
    one: tuple[WitnessFolder, WitnessServer], case: str
) -> None:
    post(one[1], sent(HONEST, 0, 12))
    body, status = STATUSES[case]
    assert post(one[1], body())[0] == status


def test_a_body_that_is_too_long_is_not_read(one: tuple[WitnessFolder, WitnessServer]) -> None:
    connection = http.client.HTTPConnection(str(one[1].host), one[1].port, timeout=PATIENCE)
    with closing(connection):
        connection.putrequest("POST", "/add-checkpoint")
        connection.putheader("Content-Length", str((1 << 20) + 1))
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_another_size_is_named_in_a_body_of_its_own_type(
    one: tuple[WitnessFolder, WitnessServer],
) -> None:
    post(one[1], sent(HONEST, 0, 12))
    assert post(one[1], sent(HONEST, 0, 20)) == (409, "text/x.tlog.size", b"12\n")


def test_it_must_be_posted(one: tuple[WitnessFolder, WitnessServer]) -> None:
    assert post(one[1], b"", "GET")[0] == 405


def test_there_is_nothing_else(one: tuple[WitnessFolder, WitnessServer]) -> None:
    assert post(one[1], b"", "GET", "/")[0] == 404


def test_anyone_may_read_what_was_cosigned_last(one: tuple[WitnessFolder, WitnessServer]) -> None:
    post(one[1], sent(HONEST, 0, 12))
    path = f"/{sha256(LOG.name.encode()).hexdigest()}/checkpoint"
    status, _, note = post(one[1], b"", "GET", path)
    policy = parse_policy(f"witness w {one[0].key}\nquorum w\n".encode())
    assert (status, judge(note, policy, NOW, [LOG.verifying_key]).met) == (200, True)


def test_a_witness_out_of_order_says_so_and_nothing_more(
    one: tuple[WitnessFolder, WitnessServer],
) -> None:
    (one[0].folder / "witness.db").unlink()
    status, _, body = post(one[1], sent(HONEST, 0, 12))
    assert (status, body) == (503, b"This witness cannot cosign now (GS-REGISTER-034).\n")


def test_a_log_can_be_trusted_while_the_witness_runs(
    one: tuple[WitnessFolder, WitnessServer],
) -> None:
    other = TinyLog(SigningKey.generate("register.example/other"), ENTRIES)
    one[0].trust(str(other.key.verifying_key))
    assert post(one[1], sent(other, 0, 12))[0] == 200


@contextmanager
def liar(answer: bytes) -> Iterator[str]:
    """Something that answers every connection with the same bytes, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer_all() -> None:
            while True:
                connection, _ = listening.accept()
                with connection:
                    if ended.is_set():
                        return
                    connection.recv(1 << 16)
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)
                    # Closing with bytes unread would reset the connection under the answer.
                    while connection.recv(1 << 16):
                        pass

        thread = threading.Thread(target=answer_all)
        thread.start()
        port = listening.getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        ended.set()
        socket.create_connection(("127.0.0.1", port)).close()
        thread.join()


OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
DASH = "\u2014 ".encode()
LIES = {
    "nothing": (b"", ""),
    "not HTTP": (b"hello\n", "hello"),
    "no signature": (OK, "a signature line does not end"),
    "not text": (OK + b"\xff\n", "its answer is not text"),
    "an unknown key": (OK + DASH + b"mill AAAAAAA=\n", "bears no cosignature of harbour-union"),
    "a redirect": (
        b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "refused with 307",
    ),
    "a size that is none": (
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n-1",
        "refused with 409: -1",
    ),
    "a size beyond ours": (
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\n\r\n99\n",
        "it has seen this log at 99 entries, beyond the 12 of this checkpoint",
    ),
    "the size that was asked": (
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n0\n",
        "it was asked from size 0 and names that size as another",
    ),
    "control characters": (
        b"HTTP/1.1 400 Bad\r\nContent-Length: 5\r\n\r\n\x1b[2J\n",
        "refused with 400: \ufffd[2J",
    ),
}


@pytest.mark.parametrize("case", LIES)
def test_a_lying_witness_is_reported_and_never_raised(tmp_path: Path, case: str) -> None:
    answer, says = LIES[case]
    folder = make(tmp_path, "harbour-union")
    with liar(answer) as url:
        text = f"log {LOG.verifying_key}\nwitness w {folder.key} {url}\nquorum w\n"
        policy = parse_policy(text.encode())
        gathered = gather(
            HONEST.note(12), policy, lambda old: HONEST.proof(old, 12), CLOCK, patience=PATIENCE
        )
    assert says in gathered.answers[0].problem
    assert not gathered.report.met


def test_a_cosignature_that_does_not_hold_is_not_taken(tmp_path: Path) -> None:
    folder = make(tmp_path, "harbour-union")
    other = folder.witness(CLOCK).consider(submission(0, (), HONEST.note(13))).lines
    with liar(OK + other.encode()) as url:
        text = f"log {LOG.verifying_key}\nwitness w {folder.key} {url}\nquorum w\n"
        policy = parse_policy(text.encode())
        gathered = gather(HONEST.note(12), policy, lambda _: (), CLOCK, patience=PATIENCE)
    assert "does not hold" in gathered.answers[0].problem
    assert gathered.note == HONEST.note(12)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "http://127.0.0.1:0", "http://[", "x"])
def test_an_address_that_is_none_is_reported(tmp_path: Path, url: str) -> None:
    folder = make(tmp_path, "harbour-union")
    text = f"log {LOG.verifying_key}\nwitness w {folder.key} {url}\nquorum w\n"
    policy = parse_policy(text.encode())
    gathered = gather(HONEST.note(12), policy, lambda _: (), CLOCK, patience=PATIENCE)
    assert gathered.answers[0].problem


def test_a_witness_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    folder = make(tmp_path, "harbour-union")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        text = f"log {LOG.verifying_key}\nwitness w {folder.key} {url}\nquorum w\n"
        policy = parse_policy(text.encode())
        gathered = gather(HONEST.note(12), policy, lambda _: (), CLOCK, patience=0.2)
    assert "timed out" in gathered.answers[0].problem


def test_the_proofs_that_are_sent_hold() -> None:
    """The tiny log's proofs against the package's own check, so that a refusal means a fork."""
    for old in range(1, 40):
        head, new = HONEST.head(old), HONEST.head(40)
        verify_consistency(old, head.root, 40, new.root, HONEST.proof(old, 40))
