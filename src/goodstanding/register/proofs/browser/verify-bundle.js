// Checks a proof bundle (goodstanding/bundle/1) from its bytes alone, in any browser.
//
// Invariant: `verified: true` is returned only if every step held. The first step that does
// not hold ends the check, and its number and reason are the answer.
//
// 1. The file is at most 1 MiB long and nests at most 16 deep.
// 2. It is JSON in which no member stands twice and every number is whole.
// 3. It is a bundle of the schema we know, with every member and no other.
// 4. The sealed text is canonical JSON of a record or an event.
// 5. The articles beside it are those that the sealed text names.
// 6. The keys and the policy that the check rests on can be read.
// 7. The checkpoint is signed by one of those keys and is of that key's register.
// 8. Salt and sealed text give the entry that the path leads from to the signed root.
// 9. The witnesses that the policy demands have cosigned the checkpoint.
//
// Written from the formats (docs/formats/0001 and 0002; C2SP signed-note, tlog-checkpoint,
// tlog-cosignature, tlog-policy; RFC 6962, 8032, 8785, 9162), apart from the Python verifier.
// It needs WebCrypto with Ed25519 and nothing else; nothing leaves the page.

export const TITLES = [
  "size and nesting",
  "unambiguous JSON",
  "form of a bundle",
  "sealed text",
  "articles of law",
  "keys and policy",
  "signed checkpoint",
  "inclusion in the tree",
  "witnesses",
];

const MAX_BYTES = 1 << 20;
const MAX_DEPTH = 16;
const MAX_PATH = 64;
const MAX_SIGNATURES = 100;
const MAX_INT64 = 2n ** 63n - 1n;
const TOLERANCE_SECONDS = 300n;
const ED25519 = 0x01;
const COSIGNATURE = 0x04;

const BUNDLE_SCHEMA = "goodstanding/bundle/1";
const RECORD_SCHEMA = "goodstanding/record/1";
const EVENT_SCHEMA = "goodstanding/event/1";
const COMMITMENT_TAG = "goodstanding/commitment/1\n";

const utf8 = new TextEncoder();

/** A step that does not hold. */
class Refused extends Error {}

function refuse(reason) {
  throw new Refused(reason);
}

/**
 * Check a bundle.
 *
 * @param {string | ArrayBuffer | Uint8Array} input the file
 * @param {object} [options]
 * @param {string[]} [options.keys] the register's keys, name+id+key, from a source you trust;
 *   without them the policy's logs count, and without those the key in the bundle
 * @param {string | null} [options.policy] a witness policy (C2SP tlog-policy)
 * @param {Date} [options.now] the time against which cosignatures may not lie in the future
 * @returns {Promise<object>} {verified: true, steps, proved, not_proved, sealed} or
 *   {verified: false, step, title, reason, steps}; steps are {step, title, found, asked} that held
 */
export async function verifyBundle(input, { keys = [], policy = null, now = new Date() } = {}) {
  const steps = [];
  const held = (found, asked = true) =>
    steps.push({ step: steps.length + 1, title: TITLES[steps.length], found, asked });
  try {
    // 1. The file is at most 1 MiB long and nests at most 16 deep.
    const bytes = typeof input === "string" ? utf8.encode(input) : new Uint8Array(input);
    const depth = checkLimits(bytes);
    held(`${bytes.length} bytes, nested ${depth} deep`);

    // 2. It is JSON in which no member stands twice and every number is whole.
    const value = readJson(typeof input === "string" ? input : decodeText(bytes));
    held("no member twice, every number whole");

    // 3. It is a bundle of the schema we know, with every member and no other.
    const bundle = parseBundle(value);
    held(BUNDLE_SCHEMA);

    // 4. The sealed text is canonical JSON of a record or an event.
    const entry = readSealed(bundle.sealed);
    held(entry.schema);

    // 5. The articles beside it are those that the sealed text names.
    checkLaw(bundle.law, entry);
    held(bundle.law.map((article) => article.id).join(", ") || "none beside it");

    // 6. The keys and the policy that the check rests on can be read.
    const trust = await readTrust(keys, policy, bundle.key);
    held(`the key ${trust.from}`);

    // 7. The checkpoint is signed by one of those keys and is of that key's register.
    const checkpoint = await openCheckpoint(bundle.checkpoint, trust.keys);
    const signers = checkpoint.signers.map((key) => `${key.name}+${hex(key.id)}`).join(", ");
    held(`${checkpoint.origin} at ${checkpoint.size}, signed by ${signers}`);

    // 8. Salt and sealed text give the entry that the path leads from to the signed root.
    await checkInclusion(bundle, checkpoint);
    held(`entry ${bundle.leaf} of ${checkpoint.size}, ${bundle.path.length} hashes to the root`);

    // 9. The witnesses that the policy demands have cosigned the checkpoint.
    const witnessed = await checkWitnesses(checkpoint, trust.policy, now);
    held(witnessed.found, witnessed.given);

    const checked = { bundle, entry, checkpoint, signers, from: trust.from, witnessed };
    const words = { proved: proved(checked), not_proved: notProved(checked) };
    return { verified: true, steps, ...words, sealed: bundle.sealed };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const step = steps.length + 1;
    // A reason may quote the file, and the file may hold a name of any length.
    const reason = error.message.length > 400 ? `${error.message.slice(0, 400)}...` : error.message;
    return { verified: false, step, title: TITLES[step - 1], reason, steps };
  }
}

// --- 1 and 2: limits and strict JSON ------------------------------------------------------

/** How deep the JSON nests, in one pass, before anything is parsed. */
function checkLimits(bytes) {
  if (bytes.length > MAX_BYTES) refuse(`it is longer than ${MAX_BYTES} bytes`);
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) inText = !inText;
    else if (inText && byte === 0x5c) at += 1;
    else if (!inText && (byte === 0x5b || byte === 0x7b)) deepest = Math.max(deepest, (depth += 1));
    else if (!inText && (byte === 0x5d || byte === 0x7d)) depth -= 1;
  }
  if (deepest > MAX_DEPTH) refuse(`it nests ${deepest} deep; the limit is ${MAX_DEPTH}`);
  return deepest;
}

function decodeText(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("it is not UTF-8");
  }
}

/** A JSON value. The platform's parser keeps the last of two members and rounds numbers. */
function readJson(text) {
  let at = 0;
  const stop = (what) => refuse(`it is not JSON (${what} at character ${at + 1})`);
  const blanks = () => {
    while (" \t\n\r".includes(text[at] ?? "x")) at += 1;
  };

  function take(token) {
    blanks();
    if (!text.startsWith(token, at)) stop(`no ${token}`);
    at += token.length;
  }

  function next() {
    blanks();
    return text[at] ?? "";
  }

  function string() {
    take('"');
    const start = at - 1;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    if (at >= text.length) stop("an unfinished text");
    at += 1;
    let value;
    try {
      value = JSON.parse(text.slice(start, at));
    } catch {
      stop("a malformed text");
    }
    if (!value.isWellFormed()) refuse("a text in it is not Unicode");
    return value;
  }

  function number() {
    const token = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) stop("no value");
    at += found.length;
    const whole = /^-?[0-9]+$/.test(found) && found !== "-0" && Number.isSafeInteger(Number(found));
    if (!whole) refuse(`the number ${found.slice(0, 17)} is not whole and within 2^53`);
    return Number(found);
  }

  function object() {
    const members = Object.create(null);
    take("{");
    if (next() === "}") return take("}"), members;
    for (;;) {
      const name = string();
      if (name in members) refuse(`the member ${JSON.stringify(name)} stands in it twice`);
      take(":");
      members[name] = value();
      if (next() !== ",") return take("}"), members;
      take(",");
    }
  }

  function list() {
    const items = [];
    take("[");
    if (next() === "]") return take("]"), items;
    for (;;) {
      items.push(value());
      if (next() !== ",") return take("]"), items;
      take(",");
    }
  }

  function value() {
    switch (next()) {
      case "{":
        return object();
      case "[":
        return list();
      case '"':
        return string();
      case "t":
        return take("true"), true;
      case "f":
        return take("false"), false;
      case "n":
        return take("null"), null;
      default:
        return number();
    }
  }

  const found = value();
  if (next() !== "") stop("more than one value");
  return found;
}

// --- 3 to 5: bundle, sealed text, law -----------------------------------------------------

function parseBundle(value) {
  const members = ["schema", "about", "entry", "law", "path", "checkpoint", "key"];
  const whole = asObject(value, "the bundle", members);
  if (whole.schema !== BUNDLE_SCHEMA) refuse(`its schema is not ${BUNDLE_SCHEMA}`);
  const entry = asObject(whole.entry, "entry", ["leaf", "salt", "sealed"]);
  const salt = asText(entry.salt, "entry.salt");
  if (typeof entry.leaf !== "number" || entry.leaf < 0) refuse("entry.leaf is not a number from 0");
  if (!/^[0-9a-f]{32}$/.test(salt)) refuse("entry.salt is not 16 bytes in lower-case hex");
  const path = asList(whole.path, "path");
  if (path.length > MAX_PATH) refuse(`path holds ${path.length} hashes; the limit is ${MAX_PATH}`);
  asText(whole.about, "about");
  return {
    leaf: entry.leaf,
    salt: Uint8Array.from(salt.match(/../g), (pair) => parseInt(pair, 16)),
    sealed: asText(entry.sealed, "entry.sealed"),
    path: path.map((node, at) => asHash(node, `path[${at}]`)),
    checkpoint: asText(whole.checkpoint, "checkpoint"),
    key: asText(whole.key, "key"),
    law: asList(whole.law, "law").map((article, at) => asArticle(article, `law[${at}]`)),
  };
}

function asArticle(value, name) {
  const texts = ["id", "instrument", "number", "confidence"];
  const titles = ["titles", "instrument_titles", "paraphrase"];
  const open = ["from", "to", "link"];
  const article = asObject(value, name, [...texts, ...titles, ...open]);
  for (const member of texts) asText(article[member], `${name}.${member}`);
  for (const member of titles) {
    if (!isObject(article[member])) refuse(`${name}.${member} is not an object`);
    for (const text of Object.values(article[member])) asText(text, `${name}.${member}`);
  }
  for (const member of open) {
    if (article[member] !== null) asText(article[member], `${name}.${member}`);
  }
  return article;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value, name, members) {
  if (!isObject(value)) refuse(`${name} is not an object`);
  const missing = members.find((member) => !(member in value));
  if (missing !== undefined) refuse(`${name} lacks the member ${missing}`);
  const strange = Object.keys(value).find((member) => !members.includes(member));
  if (strange !== undefined) refuse(`${name} has the unknown member ${JSON.stringify(strange)}`);
  return value;
}

function asList(value, name) {
  return Array.isArray(value) ? value : refuse(`${name} is not a list`);
}

function asText(value, name) {
  return typeof value === "string" ? value : refuse(`${name} is not text`);
}

function asHash(value, name) {
  const hash = decodeBase64(asText(value, name)) ?? refuse(`${name} is not base64`);
  return hash.length === 32 ? hash : refuse(`${name} is not a hash of 32 bytes`);
}

function readSealed(sealed) {
  checkLimits(utf8.encode(sealed));
  const entry = readJson(sealed);
  if (canonical(entry) !== sealed) refuse("it is not written as canonical JSON (RFC 8785)");
  const spoken = new Map([
    [RECORD_SCHEMA, ["act", "authority", "basis", "item", "subject"]],
    [EVENT_SCHEMA, ["event"]],
  ]);
  if (!isObject(entry) || !spoken.has(entry.schema)) {
    refuse("it is neither a record nor an event of a schema we know");
  }
  const instant = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$/;
  if (typeof entry.known_at !== "string" || !instant.test(entry.known_at)) {
    refuse("its known_at is not an instant");
  }
  for (const member of spoken.get(entry.schema)) asText(entry[member], `its ${member}`);
  return entry;
}

/** RFC 8785: names sort by UTF-16 code units, as JavaScript sorts; texts as JSON writes them. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function basisOf(entry) {
  return typeof entry.basis === "string" ? entry.basis : null;
}

function checkLaw(law, entry) {
  const basis = basisOf(entry);
  const strange = law.find((article) => article.id !== basis);
  if (strange !== undefined) refuse(`the sealed text does not rest on ${strange.id}`);
  if (law.length > 1) refuse(`${basis} stands beside it more than once`);
}

// --- 6 and 7: keys, notes, checkpoint ------------------------------------------------------

async function readTrust(given, policyText, own) {
  const policy = policyText === null ? null : await parsePolicy(policyText);
  if (given.length > 0) {
    const keys = [];
    for (const text of given) keys.push(await parseKey(text, ED25519));
    return { keys, policy, from: "given to the check" };
  }
  if (policy !== null && policy.logs.length > 0) {
    return { keys: policy.logs, policy, from: "of the policy" };
  }
  return { keys: [await parseKey(own, ED25519)], policy, from: "in the bundle" };
}

/** name+id+key, in its one spelling; the key's base64 may itself hold a plus sign. */
async function parseKey(text, algorithm) {
  const [, name, id, encoded] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text) ?? refuse("a key is not name+id+key");
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id)) refuse("a key is not name+id+key");
  const data = decodeBase64(encoded) ?? refuse(`the key of ${name} is not base64`);
  if (data[0] !== algorithm || data.length !== 33) {
    refuse(`the key of ${name} is not an Ed25519 key of type ${algorithm}`);
  }
  const keyId = (await sha256(utf8.encode(`${name}\n`), data)).slice(0, 4);
  if (hex(keyId) !== id) refuse(`the id of the key of ${name} is not that of the key`);
  return { name, id: keyId, public: data.slice(1) };
}

function isKeyName(name) {
  return name !== "" && !/[+\u0000-\u001f\p{White_Space}]/u.test(name);
}

/** A signed note taken apart: text with its last newline, and its signature lines. */
function parseNote(note) {
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) refuse("the note holds a control character");
  const parted = note.lastIndexOf("\n\n");
  if (parted < 0 || !note.endsWith("\n") || note.length < parted + 3) {
    refuse("this is not a signed note");
  }
  const lines = note.slice(parted + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) refuse(`there are more than ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, parted + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line) {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^]+)$/.exec(line) ?? refuse("a signature line is malformed");
  if (!isKeyName(name)) refuse("a signature line is malformed");
  const data = decodeBase64(encoded) ?? refuse("a signature is not base64");
  if (data.length <= 4) refuse("a signature has no bytes after the key id");
  return { name, id: data.slice(0, 4), bytes: data.slice(4) };
}

function isBy(signature, key) {
  return signature.name === key.name && hex(signature.id) === hex(key.id);
}

async function openCheckpoint(noteText, keys) {
  const note = parseNote(noteText);
  const signers = [];
  for (const signature of note.signatures) {
    const key = keys.find((each) => isBy(signature, each));
    if (key === undefined) continue;
    if (!(await verifies(key.public, signature.bytes, utf8.encode(note.text)))) {
      refuse(`the signature of ${key.name} does not hold`);
    }
    if (!signers.includes(key)) signers.push(key);
  }
  if (signers.length === 0) {
    const names = [...new Set(keys.map((key) => key.name))].sort().join(" or ");
    refuse(`the note bears no signature of ${names}`);
  }
  const [origin, size, encoded, ...extensions] = note.text.slice(0, -1).split("\n");
  if (!origin || !size || !encoded || extensions.includes("")) {
    refuse("the checkpoint lacks origin, size or root");
  }
  const root = decodeBase64(encoded) ?? refuse("the root is not base64");
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) > MAX_INT64 || root.length !== 32) {
    refuse("the checkpoint's size or root is malformed");
  }
  const other = signers.find((key) => key.name !== origin);
  if (other !== undefined) refuse(`the checkpoint is of ${origin}, the key of ${other.name}`);
  return { origin, size: BigInt(size), root, signers, note };
}

// --- 8: the tree --------------------------------------------------------------------------

async function checkInclusion(bundle, { size, root }) {
  const leaf = BigInt(bundle.leaf);
  if (leaf >= size) refuse(`entry ${leaf} is not in a tree of ${size}`);
  const sealed = utf8.encode(bundle.sealed);
  const commitment = await sha256(utf8.encode(COMMITMENT_TAG), bundle.salt, sealed);
  // RFC 9162 section 2.1.3.2: each hash of the path is the neighbour on the left or the right.
  let node = await sha256([0], commitment);
  let place = leaf;
  let last = size - 1n;
  for (const neighbour of bundle.path) {
    if (last === 0n) refuse("the inclusion path is too long");
    if (place % 2n === 1n || place === last) {
      node = await sha256([1], neighbour, node);
      while (place % 2n === 0n && place > 0n) {
        place /= 2n;
        last /= 2n;
      }
    } else {
      node = await sha256([1], node, neighbour);
    }
    place /= 2n;
    last /= 2n;
  }
  if (last !== 0n || hex(node) !== hex(root)) {
    refuse(`entry ${leaf} does not lead to the root of ${size} entries`);
  }
}

// --- 6 and 9: witnesses -------------------------------------------------------------------

/** A policy (C2SP tlog-policy): logs, witnesses, groups and a quorum, each name defined above. */
async function parsePolicy(text) {
  if (utf8.encode(text).length > MAX_BYTES) refuse("the policy is longer than any policy");
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null };
  const members = new Set();
  const lines = text.split("\n");
  const wrong = (at, reason) => refuse(`the policy, line ${at + 1}: ${reason}`);
  if (lines.pop() !== "") wrong(lines.length, "the line does not end");

  for (const [at, line] of lines.entries()) {
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) wrong(at, "it holds a control character");
    const [kind, ...words] = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (kind === "" || kind.startsWith("#")) continue;
    const isDefined = (name) => policy.witnesses.has(name) || policy.groups.has(name);
    const newName = (name) => {
      if (name === "none" || isDefined(name)) wrong(at, `the name ${name} is taken`);
    };
    const known = (name) => {
      if (!isDefined(name)) wrong(at, `no line above defines ${name}`);
    };

    if (kind === "log") {
      if (words.length < 1 || words.length > 2) wrong(at, "a log has a vkey and perhaps a URL");
      const key = await parseKey(words[0], ED25519);
      if (policy.logs.some((log) => hex(log.public) === hex(key.public))) {
        wrong(at, "this log's key stands above already");
      }
      policy.logs.push(key);
    } else if (kind === "witness") {
      if (words.length < 2 || words.length > 3) wrong(at, "a witness has a name, a vkey and perhaps a URL");
      newName(words[0]);
      const key = await parseKey(words[1], COSIGNATURE);
      if ([...policy.witnesses.values()].some((each) => hex(each.public) === hex(key.public))) {
        wrong(at, "this witness's key stands above already");
      }
      policy.witnesses.set(words[0], key);
    } else if (kind === "group") {
      const [name, threshold, ...names] = words;
      if (names.length < 1) wrong(at, "a group has a name, a number and at least one member");
      newName(name);
      for (const member of names) {
        known(member);
        if (members.has(member)) wrong(at, `${member} is a member already`);
        members.add(member);
      }
      let needed = /^[1-9][0-9]{0,8}$/.test(threshold) ? Number(threshold) : 0;
      if (threshold === "any") needed = 1;
      if (threshold === "all") needed = names.length;
      if (needed < 1 || needed > names.length) wrong(at, `not any, all or 1 to ${names.length}`);
      policy.groups.set(name, { needed, names });
    } else if (kind === "quorum") {
      if (policy.quorum !== null) wrong(at, "there is a quorum line above already");
      if (words.length !== 1) wrong(at, "a quorum has one name");
      if (words[0] !== "none") known(words[0]);
      policy.quorum = words[0];
    } else {
      wrong(at, "it is none of: log, witness, group, quorum");
    }
    for (const of of [policy.logs.length, policy.witnesses.size, policy.groups.size]) {
      if (of > 1024) wrong(at, "there are more than 1024 lines of this kind");
    }
  }
  if (policy.quorum === null) wrong(lines.length - 1, "there is no quorum line");
  return policy;
}

/** A cosignature that does not hold spoils the note; one dated in the future counts for nothing. */
async function checkWitnesses(checkpoint, policy, now) {
  const { note, signers } = checkpoint;
  if (policy === null) {
    const others = note.signatures.filter((each) => !signers.some((key) => isBy(each, key)));
    const found = "no policy was given";
    return { given: false, demanded: false, cosigned: [], unchecked: others.length, found };
  }
  await checkOtherLogs(checkpoint, policy.logs);
  const latest = BigInt(Math.floor(now.getTime() / 1000)) + TOLERANCE_SECONDS;
  const cosigned = [];
  const idle = [];
  for (const [name, key] of policy.witnesses) {
    const times = await cosignedAt(note, key);
    const past = times.filter((time) => time > 0n && time <= latest);
    if (past.length > 0) {
      cosigned.push({ name, at: second(past.reduce((first, time) => (time < first ? time : first))) });
    } else {
      idle.push(`${name} did not${times.length > 0 ? " (its time is zero or in the future)" : ""}`);
    }
  }

  const witnessed = new Map([["none", true]]);
  for (const name of policy.witnesses.keys()) {
    witnessed.set(name, cosigned.some((each) => each.name === name));
  }
  for (const [name, group] of policy.groups) {
    witnessed.set(name, group.names.filter((each) => witnessed.get(each)).length >= group.needed);
  }
  if (!witnessed.get(policy.quorum)) {
    const said = [...cosigned.map(({ name }) => `${name} cosigned`), ...idle].join(", ");
    refuse(`too few witnesses cosigned the checkpoint: ${said}`);
  }
  const demanded = policy.quorum !== "none";
  const how = demanded ? "as the policy demands" : "though the policy demands none";
  const found = `cosigned by ${cosigned.length}, ${how}`;
  return { given: true, demanded, cosigned, unchecked: 0, found };
}

/** Signatures of the policy's logs must hold too, and be of the same register. */
async function checkOtherLogs({ note, origin }, logs) {
  for (const signature of note.signatures) {
    const key = logs.find((each) => isBy(signature, each));
    if (key === undefined) continue;
    if (!(await verifies(key.public, signature.bytes, utf8.encode(note.text)))) {
      refuse(`the signature of ${key.name} does not hold`);
    }
    if (key.name !== origin) refuse(`the checkpoint is of ${origin}, the key of ${key.name}`);
  }
}

/** When a witness says it cosigned, in seconds since 1970, once for each of its cosignatures. */
async function cosignedAt(note, key) {
  const times = [];
  for (const signature of note.signatures.filter((each) => isBy(each, key))) {
    const bytes = signature.bytes;
    if (bytes.length !== 72) refuse(`the signature of ${key.name} does not hold`);
    const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    const message = utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (time > MAX_INT64 || !(await verifies(key.public, bytes.slice(8), message))) {
      refuse(`the signature of ${key.name} does not hold`);
    }
    times.push(time);
  }
  return times;
}

function second(time) {
  return `${new Date(Number(time) * 1000).toISOString().slice(0, 19)}Z`;
}

// --- what the steps have shown, in words ----------------------------------------------------

function proved({ bundle, entry, checkpoint, signers, witnessed }) {
  const isRecord = entry.schema === RECORD_SCHEMA;
  return [
    `This exact text was sealed as entry ${bundle.leaf} of the register ${checkpoint.origin}, ` +
      `whose signed head stands at size ${checkpoint.size}.`,
    isRecord
      ? `The text is a ${entry.act} of ${entry.item} about ${entry.subject} by ` +
        `${entry.authority}, on the basis of ${entry.basis}, known at ${entry.known_at}.`
      : `The text is the event ${entry.event}, known at ${entry.known_at}.`,
    `The register's head was signed with the key ${signers}.`,
    ...witnessed.cosigned.map(
      ({ name, at }) =>
        `The witness ${name} cosigned that head at ${at}: the entry had been sealed by then, ` +
        "in the one history that this witness has seen.",
    ),
    ...(witnessed.demanded ? ["As many witnesses have cosigned as the policy demands."] : []),
  ];
}

function notProved({ bundle, entry, from, witnessed }) {
  const answers = entry.schema === RECORD_SCHEMA ? "its authority" : "the register";
  const sentences = [
    `That what it says is true: ${answers} answers for that.`,
    "That it still stands today: a later correction, withdrawal or end is not excluded. " +
      `Ask the register for the history of entry ${bundle.leaf}.`,
    `That it was known at ${entry.known_at}: that is the register's own word.`,
    from === "in the bundle"
      ? "Who holds the key: it came with the bundle, and anyone can make a key of that name. " +
        "Check again with a key from a source you trust."
      : `Who holds the key ${from}: that rests on where you have it from.`,
  ];
  if (!witnessed.demanded) {
    let why = "no witness policy was given.";
    if (witnessed.given) why = "the policy demands no witness.";
    else if (witnessed.unchecked > 0) {
      why =
        "no witness policy was given, so further signatures on the checkpoint " +
        `(${witnessed.unchecked}) were not checked.`;
    }
    sentences.push(`That the register shows everyone the same history: ${why}`);
  }
  if (bundle.law.length > 0) {
    const ids = bundle.law.map((article) => article.id).join(", ");
    sentences.push(
      `That the law reads so: the words on ${ids} are a copy from the register's pack ` +
        "and are not sealed.",
    );
  } else if (basisOf(entry) !== null) {
    sentences.push(`What ${entry.basis} says: the bundle carries no copy of it.`);
  }
  return sentences;
}

// --- bytes --------------------------------------------------------------------------------

async function sha256(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

async function verifies(key, signature, text) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, text);
  } catch (error) {
    // Bytes that are no point of the curve sign nothing; a browser without Ed25519 must say so.
    if (error.name === "DataError") return false;
    throw error;
  }
}

/** The bytes, or null: base64 is taken only in its one spelling. */
function decodeBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  try {
    const decoded = atob(text);
    return btoa(decoded) === text ? Uint8Array.from(decoded, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
