import assert from "node:assert/strict";
import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { until } from "@/tests/support/until.ts";
import { ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import { EventRing, RING_EVENTS } from "./event_ring.ts";
import { LiveHub, type LiveHubOptions, STREAMS_PER_SESSION, STREAMS_PER_TENANT } from "./live_hub.ts";
import { QUEUE_MAX } from "./live_stream.ts";
import { heardTopics, parseTopics } from "./topics.ts";

const ILAYA = "00000000-0000-7000-8000-00000000000a";
const IBABA = "00000000-0000-7000-8000-00000000000b";
const ROUTER: LiveTopic = "router:00000000-0000-7000-8000-000000000001";

function startHub(options: Partial<LiveHubOptions> = {}): LiveHub {
  const clock = new ManualClock("2026-11-23T01:00:00Z");
  return new LiveHub({ clock, log: silentLogger, databaseUrl: null, ...options });
}

function ask(hub: LiveHub, change: Partial<Parameters<LiveHub["open"]>[0]> = {}) {
  return hub.open({
    tenantId: ILAYA,
    sessionId: "s1",
    address: "192.0.2.1",
    topics: ["money"],
    after: hub.position(change.tenantId ?? ILAYA),
    isStillAllowed: () => Promise.resolve(true),
    ...change,
  });
}

/** Everything that was sent so far; `isOver` once the stream has ended. */
class Listener {
  text = "";
  isOver = false;

  constructor(opened: ReturnType<LiveHub["open"]>) {
    assert.ok(opened.ok);
    void this.#read(opened.value);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of body) this.text += decoder.decode(chunk);
    this.isOver = true;
  }

  get news(): string[] {
    return [...this.text.matchAll(/event: news\ndata: (.*)/g)].map((match) => match[1] ?? "");
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? "";
  }
}

async function withHub(
  work: (hub: LiveHub) => Promise<void>,
  options: Partial<LiveHubOptions> = {},
): Promise<void> {
  const hub = startHub(options);
  try {
    await work(hub);
  } finally {
    await hub.stop();
  }
}

Deno.test("a ring gives what came after a position, and null for a gap or another ring's position", () => {
  const ring = new EventRing("a");
  const start = ring.position;
  ring.add(["money"]);
  const middle = ring.position;
  ring.add(["network"]);
  assert.deepEqual(ring.after(start)?.map(({ topics }) => topics), [["money"], ["network"]]);
  assert.deepEqual(ring.after(middle)?.map(({ id }) => id), ["a-2"]);
  assert.deepEqual(ring.after(ring.position), []);
  for (const strange of ["b-1", "a-3", "a-x", "", "a--1"]) assert.equal(ring.after(strange), null, strange);
  for (let i = 0; i < RING_EVENTS; i++) ring.add(["money"]);
  assert.equal(ring.after(middle), null);
  assert.equal(ring.after("a-2")?.length, RING_EVENTS);
});

Deno.test("a page hears its own topics of its own tenant, and nothing else", async () => {
  await withHub(async (hub) => {
    const page = new Listener(ask(hub));
    const neighbour = new Listener(ask(hub, { tenantId: IBABA }));
    hub.hear({ tenantId: ILAYA, topics: ["network", ROUTER] });
    hub.hear({ tenantId: ILAYA, topics: ["money", "network"] });
    await until(() => page.news.length === 1);
    assert.deepEqual(page.news, ['{"topics":["money"]}']);
    assert.deepEqual(neighbour.news, []);
    assert.match(page.text, /^: beat$/m);
    assert.match(page.text, /event: beat\ndata: \{"at":"2026-11-23T01:00:00Z"\}/);
  });
});

Deno.test("a page that comes back hears what it missed, and is told to look again when that is not known", async () => {
  await withHub(async (hub) => {
    const first = new Listener(ask(hub));
    await until(() => first.lastId !== "");
    for (let i = 0; i < 3; i++) hub.hear({ tenantId: ILAYA, topics: ["money"] });
    const back = new Listener(ask(hub, { after: first.lastId }));
    await until(() => back.news.length === 1);
    assert.doesNotMatch(back.text, /event: resync/);
    for (const after of [null, "another-7"]) {
      const lost = new Listener(ask(hub, { after }));
      await until(() => lost.text.includes("event: resync"));
    }
    const known = hub.position(ILAYA);
    for (let i = 0; i <= RING_EVENTS; i++) hub.hear({ tenantId: ILAYA, topics: ["network"] });
    const late = new Listener(ask(hub, { after: known }));
    await until(() => late.text.includes("event: resync"));
  });
});

Deno.test("a client that does not read is dropped with a bounded queue, and the others are not held up", async () => {
  await withHub(async (hub) => {
    const slow = ask(hub, { sessionId: "slow" });
    const quick = new Listener(ask(hub, { sessionId: "quick" }));
    for (let i = 0; i < QUEUE_MAX * 4; i++) {
      hub.hear({ tenantId: ILAYA, topics: ["money"] });
      if (i % 8 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    await until(() => quick.news.length === QUEUE_MAX * 4);
    assert.equal(hub.size, 1);
    assert.ok(slow.ok);
    let chunks = 0;
    for await (const _ of slow.value) chunks += 1;
    assert.ok(chunks <= QUEUE_MAX, `${chunks} chunks were kept`);
  });
});

Deno.test("a stream ends with its session, whoever ended it, and with what its person may hear", async () => {
  await withHub(async (hub) => {
    const mine = new Listener(ask(hub, { sessionId: "mine" }));
    const other = new Listener(ask(hub, { sessionId: "other" }));
    hub.hear({ tenantId: ILAYA, endedSession: "mine" });
    await until(() => mine.isOver);
    assert.equal(other.isOver, false);
    let isAllowed = true;
    const asked = new Listener(ask(hub, { isStillAllowed: () => Promise.resolve(isAllowed) }));
    hub.tick(Infinity);
    await until(() => asked.text.split("event: beat").length === 3);
    isAllowed = false;
    hub.tick(Infinity);
    await until(() => asked.isOver);
    const unsure = new Listener(ask(hub, { isStillAllowed: () => Promise.reject(new Error("away")) }));
    hub.tick(Infinity);
    await until(() => unsure.text.split("event: beat").length === 3);
    assert.equal(unsure.isOver, false, "a database that is away signs nobody out");
  });
});

Deno.test("a session has so many streams and not one more; a hub that stops ends all and takes none", async () => {
  const hub = startHub();
  const open = Array.from({ length: STREAMS_PER_SESSION }, () => new Listener(ask(hub)));
  const refused = ask(hub);
  assert.equal(refused.ok ? "" : refused.code, "too_many");
  assert.equal(ask(hub, { sessionId: "s2" }).ok, true);
  await hub.stop();
  await until(() => open.every(({ isOver }) => isOver));
  assert.equal(hub.size, 0);
  const late = ask(hub, { sessionId: "s3" });
  assert.equal(late.ok ? "" : late.code, "stopping");
});

Deno.test("a browser that goes away leaves nothing behind", async () => {
  await withHub(async (hub) => {
    const opened = ask(hub);
    assert.ok(opened.ok);
    await opened.value.cancel();
    assert.equal(hub.size, 0);
    hub.hear({ tenantId: ILAYA, topics: ["money"] });
  });
});

Deno.test("topics of an address are read strictly, and each asks for its own permission", () => {
  const id = ROUTER.slice("router:".length);
  const every = parseTopics(`money,network,tonight,${ROUTER},run:${id},import:${id},subscriber:${id}`);
  assert.equal(every.length, 7);
  assert.deepEqual(parseTopics("money,money,router:1,router:,everything,,run:*"), ["money"]);
  const heardBy = (name: string) => {
    const role = ROLE_TEMPLATES.find((template) => template.name === name);
    return heardTopics(every, new Set<string>(role?.permissions)).map((topic) => topic.split(":")[0]);
  };
  assert.deepEqual(heardBy("Owner"), every.map((topic) => topic.split(":")[0]));
  assert.deepEqual(heardBy("Cashier"), ["money", "tonight", "router", "run", "subscriber"]);
  assert.deepEqual(heardBy("Technician"), ["network", "router", "import", "subscriber"]);
  assert.deepEqual(heardTopics(every, new Set()), []);
});

Deno.test("one tenant cannot take the streams of all: the others still get theirs", async () => {
  await withHub((hub) => {
    for (let n = 0; n < STREAMS_PER_TENANT; n++) {
      assert.equal(ask(hub, { sessionId: `s${n}` }).ok, true);
    }
    const refused = ask(hub, { sessionId: "more" });
    assert.equal(refused.ok ? "" : refused.code, "too_many");
    assert.equal(ask(hub, { tenantId: IBABA, sessionId: "theirs" }).ok, true);
    return Promise.resolve();
  });
});

Deno.test("open pages leave connections for pages that are loaded", async () => {
  const hub = startHub({ streamsMax: 2 });
  assert.deepEqual([1, 2, 3].map((n) => ask(hub, { sessionId: `s${n}` }).ok), [true, true, false]);
  await hub.stop();
});

Deno.test("one network cannot listen with all that it may connect; this machine itself speaks for many", async () => {
  await withHub(async (hub) => {
    const from = (address: string, sessionId: string) => ask(hub, { address, sessionId });
    const first = from("2001:db8:1:2::1", "s1");
    assert.ok(first.ok && from("2001:db8:1:2::2", "s2").ok);
    const refused = from("2001:db8:1:2::3", "s3");
    assert.equal(refused.ok ? "" : refused.code, "too_many");
    assert.equal(from("192.0.2.1", "s4").ok, true);
    await first.value.cancel();
    assert.equal(from("2001:db8:1:2::3", "s3").ok, true, "whoever closes one may open one");
    assert.equal(from("2001:db8:1:2::4", "s5").ok, false);
    assert.deepEqual(["a", "b", "c"].map((id) => from("::ffff:127.0.0.1", id).ok), [true, true, true]);
  }, { streamsPerNetworkMax: 2 });
});
