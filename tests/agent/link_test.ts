import assert from "node:assert/strict";
import { sign, toBase64Url } from "@/shared/crypto/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { CLOSE, revocationStatement, type WebMessage } from "@/shared/protocol/mod.ts";
import { type Enrolment, loadKeys } from "@/agent/journal/enrolment_files.ts";
import { dial } from "@/agent/link/dial.ts";
import { enrol } from "@/agent/link/enrol.ts";
import { Link, type LinkOptions } from "@/agent/link/link.ts";
import { PermitRequests } from "@/agent/link/permits.ts";
import { ServerClock } from "@/agent/link/server_clock.ts";
import { until } from "../support/until.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { AGENT_ID, WebDouble } from "./web_double.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const monotonicMs = () => performance.now();

async function withWeb(use: (web: WebDouble, folder: string) => Promise<void>): Promise<void> {
  const web = await WebDouble.start();
  const folder = await Deno.makeTempDir();
  try {
    await use(web, folder);
  } finally {
    await web.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function enrolOptions(web: WebDouble, folder: string) {
  return { server: web.url, code: web.code, folder, version: "0.1.0", replace: false, log: silentLogger };
}

async function dialled(web: WebDouble, folder: string, enrolment?: Enrolment) {
  const known = enrolment ?? assertOk(await enrol(enrolOptions(web, folder)));
  const keys = (await loadKeys(folder, silentLogger))!;
  return {
    enrolment: known,
    outcome: await dial({ enrolment: known, keys, signal: new AbortController().signal }),
  };
}

async function linked(web: WebDouble, folder: string, more: Partial<LinkOptions> = {}) {
  const { outcome } = await dialled(web, folder);
  assert.equal(outcome.kind, "open");
  const handled: WebMessage[] = [];
  const link = new Link((outcome as { socket: WebSocket }).socket, {
    log: silentLogger,
    serverClock: new ServerClock(monotonicMs),
    monotonicMs,
    random: () => 0.5,
    handle: (message) => {
      handled.push(message);
      return Promise.resolve();
    },
    ...more,
  });
  await until(() => web.socket !== null);
  return { link, handled };
}

function hello(link: Link): Promise<void> {
  return link.deliver({
    t: "hello",
    proto: [1, 1],
    version: "0.1.0",
    install_id: "installation",
    boot_id: "boot",
    routers: [],
    settings_version: "0",
    results: [],
  });
}

function status(message: string) {
  return { t: "router.status", router_id: ROUTER, status: "online", message, identity: null } as const;
}

Deno.test("enrol says what is wrong: bad code, used code, away, not ours, already enrolled", async () => {
  await withWeb(async (web, folder) => {
    const options = enrolOptions(web, folder);
    assertRefused(await enrol({ ...options, code: "short" }), "bad_code");
    assert.match(
      assertRefused(await enrol({ ...options, code: "AAAA-AAAAAAAAAAAAAAAA" }), "refused"),
      /was used/,
    );
    assertRefused(await enrol({ ...options, server: "http://127.0.0.1:1" }), "unreachable");
    assertRefused(await enrol({ ...options, server: `${web.url}/elsewhere` }), "not_our_server");
    assertRefused(await enrol({ ...options, server: "ftp://x" }), "bad_server");
    assertOk(await enrol(options));
    assertRefused(await enrol(options), "already_enrolled");
    assertOk(await enrol({ ...options, replace: true }));
  });
});

Deno.test("dial tells refusal, outage and a signed revocation apart", async () => {
  await withWeb(async (web, folder) => {
    const { enrolment, outcome } = await dialled(web, folder);
    assert.equal(outcome.kind, "open");
    (outcome as { socket: WebSocket }).socket.close();
    const next = async () => (await dialled(web, folder, enrolment)).outcome.kind;
    web.refusal = { status: 503, body: { code: "unavailable", message: "database away" } };
    assert.equal(await next(), "unreachable");
    web.refusal = {
      status: 403,
      body: { code: "revoked", message: "revoked", agent_id: AGENT_ID, at_ms: 5, signature: "AA" },
    };
    assert.equal(await next(), "refused", "a revocation that the pinned key did not sign is a refusal");
    const signature = toBase64Url(await sign(web.serverKey.privateKey, revocationStatement(AGENT_ID, 5)));
    web.refusal = {
      status: 403,
      body: { code: "revoked", message: "revoked", agent_id: AGENT_ID, at_ms: 5, signature },
    };
    assert.equal(await next(), "revoked");
  });
});

Deno.test("a refusal at the upgrade is told with its status", async () => {
  await withWeb(async (web, folder) => {
    const enrolment = assertOk(await enrol(enrolOptions(web, folder)));
    web.identityKey = new Uint8Array(32);
    const { outcome } = await dialled(web, folder, enrolment);
    assert.ok(outcome.kind === "refused" && outcome.status === 401 && outcome.code === "bad_signature");
  });
});

Deno.test("hello is acknowledged and heartbeats teach server time", async () => {
  await withWeb(async (web, folder) => {
    web.heartbeatMs = 30;
    const serverClock = new ServerClock(monotonicMs);
    const { link, handled } = await linked(web, folder, { serverClock });
    await hello(link);
    await until(() => handled[0]?.t === "welcome" && web.of("heartbeat").length > 1);
    assert.ok(Math.abs(serverClock.nowMs()! - Date.now()) < 1_000);
    link.close(1000, "done", { code: "stopped", detail: null });
  });
});

Deno.test("a silent partition is noticed by our own timers", async () => {
  await withWeb(async (web, folder) => {
    web.heartbeatMs = 20;
    web.deadPeerMs = 60;
    const { link } = await linked(web, folder);
    await hello(link);
    await until(() => web.of("heartbeat").length > 0);
    web.isSilent = true;
    const pending = assert.rejects(link.deliver(status("lost")), /link closed/);
    assert.equal((await link.ended).code, CLOSE.deadPeer);
    await pending;
  });
});

Deno.test("a web that stops acknowledging costs no more than the window", async () => {
  await withWeb(async (web, folder) => {
    const { link } = await linked(web, folder);
    await hello(link);
    web.isSilent = true;
    const sends = Array.from({ length: 40 }, () => link.send(status("x".repeat(100_000))));
    const settled = Promise.allSettled(sends);
    assert.ok(link.load.bytes <= 1_048_576 && link.load.messages <= 32, JSON.stringify(link.load));
    assert.ok(link.load.waiting >= 29);
    link.close(1000, "done", { code: "stopped", detail: null });
    assert.ok((await settled).some((item) => item.status === "rejected"));
  });
});

Deno.test("an over-long frame closes the link and an unknown type is nacked", async () => {
  await withWeb(async (web, folder) => {
    const { link } = await linked(web, folder);
    await hello(link);
    web.socket!.send(`{"t":"dance","seq":2,"ack":1}`);
    await until(() => web.of("nack").some((message) => message.of === 2 && message.code === "unknown_type"));
    await assert.rejects(link.send(status("x".repeat(300_000))), /over the limit/);
    web.socket!.send(JSON.stringify({ t: "ack", seq: 0, ack: 0, fill: "x".repeat(300_000) }));
    assert.equal((await link.ended).code, CLOSE.protocol);
  });
});

Deno.test("what could not be stored is not acknowledged: the link closes", async () => {
  await withWeb(async (web, folder) => {
    const { link } = await linked(web, folder, {
      handle: (message) =>
        message.t === "state.read" ? Promise.reject(new Error("disk full")) : Promise.resolve(),
    });
    await hello(link);
    web.send({ t: "state.read", router_id: ROUTER });
    assert.equal((await link.ended).code, 4500);
    assert.ok(!web.received.some((message) => message.ack >= 2));
  });
});

Deno.test("a permit covers what was asked and granted, for its time and its connection only", async () => {
  await withWeb(async (web, folder) => {
    let nowMs = 0;
    const desk = new PermitRequests({ nowMs: () => Date.now(), monotonicMs: () => nowMs });
    const ask = desk.forRouter(ROUTER);
    const question = { lineage: ROUTER, generation: 1n, names: ["ana", "ben"] };
    assert.equal(await ask(question), null, "no link, no permit");
    const { link } = await linked(web, folder, {
      peek: (message) => {
        if (message.t !== "permit.grant") return false;
        desk.receive(message);
        return true;
      },
    });
    desk.linkUp(link);
    await hello(link);
    web.permit = () => ["ana", "zoe"];
    const permit = (await ask(question))!;
    assert.deepEqual([...permit.names], ["ana"]);
    assert.ok(permit.isValid());
    nowMs = 10_000;
    assert.ok(!permit.isValid());
    const second = (await ask(question))!;
    assert.ok(second.isValid());
    link.close(1000, "done", { code: "stopped", detail: null });
    assert.ok(!second.isValid());
  });
});
