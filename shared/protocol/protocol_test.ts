import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AgentMessage,
  agentMessage,
  changeStateHash,
  chunkRows,
  connectStatement,
  formatEnrolmentCode,
  formatFrame,
  formatLinkAuthorization,
  hashedText,
  MAX_MESSAGE_BYTES,
  parseEnrolmentCode,
  parseFrame,
  parseLinkAuthorization,
  stateHash,
  toCrockford,
} from "./mod.ts";

const ID = "0198c0de-0000-7000-8000-000000000001";

Deno.test("a frame comes back as it was sent, generations beyond 2^53 included", () => {
  const message: AgentMessage = {
    t: "state.stored",
    seq: 7,
    ack: 3,
    router_id: ID,
    lineage: ID,
    generation: 9007199254740993n,
    hash: "h",
  };
  const parsed = parseFrame(agentMessage, formatFrame(message));
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.message, message);
});

Deno.test("a frame with fields of a newer version still parses", () => {
  const parsed = parseFrame(agentMessage, `{"t":"ack","seq":1,"ack":2,"new_field":true}`);
  assert.ok(parsed.ok);
});

Deno.test("bad frames are named, with the seq to nack", () => {
  const unknown = parseFrame(agentMessage, `{"t":"dance","seq":4,"ack":0}`);
  assert.ok(!unknown.ok && unknown.problem.code === "unknown_type" && unknown.head.seq === 4);
  const bad = parseFrame(agentMessage, `{"t":"heartbeat","seq":5,"ack":0}`);
  assert.ok(!bad.ok && bad.problem.code === "bad_message" && bad.head.seq === 5);
  const junk = parseFrame(agentMessage, `{"t":`);
  assert.ok(!junk.ok && junk.problem.code === "not_json");
});

Deno.test("parseFrame never throws on junk", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parseFrame(agentMessage, text);
  }));
});

Deno.test("an enrolment code survives being read aloud and typed", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
    const plain = toCrockford(bytes);
    const [id, secret] = [plain.slice(0, 4), plain.slice(4)];
    const typed = formatEnrolmentCode(id, secret).toLowerCase().replace(/(.{6})/g, "$1 ");
    assert.deepEqual(parseEnrolmentCode(typed), { id, secret });
  }));
  assert.deepEqual(parseEnrolmentCode("OIL0-0000000000000000"), { id: "0110", secret: "0000000000000000" });
  assert.equal(parseEnrolmentCode("0110-000000000000000U"), null);
  assert.equal(parseEnrolmentCode("0110-0000"), null);
});

Deno.test("the link's authorization header round-trips and refuses other forms", () => {
  const signature = "A".repeat(86);
  const header = formatLinkAuthorization(ID, "abc.123", signature);
  assert.deepEqual(parseLinkAuthorization(header), { agentId: ID, nonce: "abc.123", signature });
  assert.equal(parseLinkAuthorization("Bearer x"), null);
  assert.notDeepEqual(connectStatement(ID, "a"), connectStatement(ID, "b"));
});

Deno.test("the state hash ignores order and notices every difference", async () => {
  const a = { name: "ana", profile: "p1", disabled: false };
  const b = { name: "ben", profile: null, disabled: true };
  assert.equal(await stateHash([a, b]), await stateHash([b, a]));
  for (const changed of [{ ...a, name: "an" }, { ...a, profile: "p2" }, { ...a, disabled: true }]) {
    assert.notEqual(await stateHash([a, b]), await stateHash([changed, b]));
  }
});

Deno.test("a PPPoE account is hashed as before services were told apart, any other one with its service", async () => {
  const juan = { name: "juan", profile: "p1", disabled: true };
  assert.equal(hashedText(juan), '["juan","p1",true]');
  assert.equal(hashedText({ ...juan, service: "pppoe" }), hashedText(juan));
  assert.notEqual(await stateHash([{ ...juan, service: "l2tp" }]), await stateHash([juan]));
  assert.notEqual(hashedText({ ...juan, service: "l2tp" }), hashedText({ ...juan, service: "sstp" }));
});

Deno.test("a permit is asked for an account of the longest name, whatever its service", () => {
  const names = ["l2tp//juan", `async//${"n".repeat(128)}`];
  const asked = { t: "permit.request", seq: 1, ack: 0, router_id: ID, lineage: ID, request_id: ID };
  assert.ok(parseFrame(agentMessage, JSON.stringify({ ...asked, generation: "1", names })).ok);
});

Deno.test("chunks keep every row in order and stay under the frame limit", () => {
  const rows = Array.from(
    { length: 5_000 },
    (_, i) => ({ name: `user-${i}-${"ñ".repeat(60)}`, disabled: false }),
  );
  const chunks = chunkRows(rows);
  assert.deepEqual(chunks.flat(), rows);
  for (const chunk of chunks) {
    assert.ok(new TextEncoder().encode(JSON.stringify(chunk)).length < MAX_MESSAGE_BYTES);
  }
  assert.deepEqual(chunkRows([]), [[]]);
});

Deno.test("changing the state hash row by row gives the hash of the whole", async () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) => ({ name: `user-${i}`, profile: "p", disabled: i % 2 === 0 }),
  );
  const [first, second] = rows;
  assert.ok(first !== undefined && second !== undefined);
  const toggled = { ...first, disabled: !first.disabled };
  const changed = await changeStateHash(await stateHash(rows), {
    removed: [first, second],
    added: [toggled],
  });
  assert.equal(changed, await stateHash([toggled, ...rows.slice(2)]));
});
