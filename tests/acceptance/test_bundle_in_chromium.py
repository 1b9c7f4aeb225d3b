"""The JavaScript verifier, in a real browser, gives the verdict and the words of the Python one.

The browser loads verifier and vectors from a server on the loopback address and sends back what
it found; nothing else is reached. Without Chromium the test is skipped, except where
GS_REQUIRE_TOOLS or CI is set: there it fails.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from tests.vectors.bundle_cases import CASES, FOLDER, Case

from goodstanding.kernel import GoodStandingError
from goodstanding.register.proofs.browser import standalone_page, verifier_page, verifier_script
from goodstanding.register.proofs.verify import verify_bundle

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

#: Seconds until we believe that nothing will come.
PATIENCE = 90

RUN_ALL = """<!doctype html><title>vectors</title><script type="module">
import { verifyBundle } from "./verify-bundle.js";
const results = {};
try {
  for (const each of await (await fetch("vectors/manifest.json")).json()) {
    const file = new Uint8Array(await (await fetch(`vectors/${each.file}`)).arrayBuffer());
    const data = new Uint8Array(file.length + each.append_blanks).fill(0x20);
    data.set(file);
    const { keys, policy } = each;
    results[each.file] = await verifyBundle(data, { keys, policy, now: new Date(each.now) });
  }
} catch (error) {
  results.error = `${error.name}: ${error.message}`;
}
await fetch("results", { method: "POST", body: JSON.stringify(results) });
</script>"""

#: What a person does on the page, done by a script: paste, give the key, press the button.
USE_PAGE = """<script type="module">
const by = (id) => document.getElementById(id);
new MutationObserver(() => {
  const steps = [...document.querySelectorAll("#steps li")].map((step) => step.className);
  const said = { verdict: by("verdict").textContent, steps, words: by("words").textContent };
  fetch("results", { method: "POST", body: JSON.stringify(said) });
}).observe(by("words"), { childList: true });
by("text").value = %s;
by("keys").value = %s;
by("form").requestSubmit();
</script></body>"""


def find_chromium() -> str:
    """The browser; without it the test fails or is skipped."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI") or os.environ.get("GS_REQUIRE_TOOLS"):
            pytest.fail("Chromium is not installed, and here it must be")
        pytest.skip("CHROMIUM ABSENT: the JavaScript verifier was not run")
    return found


class _Server(ThreadingMixIn, WSGIServer):
    """Many connections at once: a browser opens some that it does not use yet."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(files: dict[str, tuple[str, bytes]]) -> Iterator[tuple[str, queue.Queue[bytes]]]:
    """(address, what is posted to it) of a server of some files on the loopback address."""
    posted: queue.Queue[bytes] = queue.Queue()

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            posted.put(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        path = environ["PATH_INFO"]
        kind, data = files.get(path, ("text/plain", b""))
        status = "200 OK" if path in files else "404 Not Found"
        start(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
        return [data]

    with make_server("127.0.0.1", 0, answer, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", posted
        finally:
            server.shutdown()
            thread.join()


def browse(chromium: str, profile: Path, files: dict[str, tuple[str, bytes]]) -> Any:
    """What the page at /page sends back."""
    with serving(files) as (address, posted):
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            f"{address}/page",
        ]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return json.loads(posted.get(timeout=PATIENCE))
        except queue.Empty:
            pytest.fail(f"the browser sent nothing within {PATIENCE} seconds")
        finally:
            browser.terminate()
            browser.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the JavaScript verifier says of each vector."""
    files = {
        "/page": ("text/html", RUN_ALL.encode()),
        "/verify-bundle.js": ("text/javascript", verifier_script().encode()),
    } | {
        f"/vectors/{file.name}": ("application/octet-stream", file.read_bytes())
        for file in FOLDER.glob("*.json")
    }
    found: dict[str, dict[str, object]]
    found = browse(find_chromium(), tmp_path_factory.mktemp("profile"), files)
    assert "error" not in found, found["error"]
    return found


def python_verdict(case: Case) -> dict[str, object]:
    try:
        verdict = verify_bundle(case.data, case.keys, case.policy, now=case.now)
    except GoodStandingError as error:
        return {"verified": False, "step": error.values["step"]}
    return verdict.as_dict()


def test_both_verifiers_agree_on_every_vector(results: dict[str, dict[str, object]]) -> None:
    said = {case.file.name: python_verdict(case) for case in CASES}
    in_browser = {
        name: {member: each[member] for member in said[name]} for name, each in results.items()
    }
    assert in_browser == said


def test_every_refusal_has_words(results: dict[str, dict[str, object]]) -> None:
    refused = [each for each in results.values() if not each["verified"]]
    assert all(each["reason"] and each["title"] for each in refused)


def test_a_person_can_check_a_bundle_on_the_page(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "valid-record-of-8")
    use = USE_PAGE % (json.dumps(case.data.decode()), json.dumps(case.keys[0]))
    # The page forbids itself every connection; the test needs one to hear of the outcome.
    page = standalone_page().replace("default-src 'none'", "default-src 'none'; connect-src 'self'")
    files = {"/page": ("text/html", page.replace("</body>", use).encode())}
    said = browse(find_chromium(), tmp_path / "profile", files)
    assert said["verdict"] == "Verified: every step holds."
    assert said["steps"] == ["held"] * 8 + ["unreached"]
    assert "Not proved" in said["words"]
    assert "Decision 3/2025" in said["words"]


def test_the_standalone_page_needs_no_second_file() -> None:
    assert "./verify-bundle.js" in verifier_page()
    assert "./verify-bundle.js" not in standalone_page()
