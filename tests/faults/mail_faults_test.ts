import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { MailSim } from "@/sim/mail/mod.ts";
import { loginsAt, startIspMail } from "@/tests/mail/isp_mail.ts";
import {
  createMailingIsp,
  mailLog,
  outboxOf,
  partsOf,
  senderOf,
  serverOn,
  startWorker,
} from "@/tests/mail/outbox_isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { OpenedServer } from "@/web/services/mail/outbox_parts.ts";

Deno.test("faults of single recipients: each has its answer, the others get their mail, none twice", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const good = Array.from({ length: 40 }, (_, n) => `juan${n}@example.test`);
  const odd = ["550", "450always", "451", "552", "full", "554", "421", "tarpit", "cut-after-data"].map((
    fault,
  ) => `${fault}@example.test`);
  const unusable = [
    "two@example.test, three@example.test",
    "a@example.test\r\nBcc: x@example.test",
    '"q q"@example.test',
  ];
  const isp = await createMailingIsp(database, [...odd, ...unusable, ...good]);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  const count = async (state: string) =>
    (await outboxOf(isp)).filter((message) => message.state === state).length;
  try {
    await until(async () => await count("sent") === 40 && (await senderOf(isp))?.leased_by === null, {
      timeoutMs: 15_000,
    });
    const byAddress = async (local: string) =>
      (await outboxOf(isp)).find(({ address }) => address === `${local}@example.test`);
    assert.equal((await byAddress("550"))?.state, "refused");
    assert.equal((await byAddress("552"))?.state, "refused");
    assert.equal((await byAddress("554"))?.state, "failed");
    assert.equal(await count("failed"), 1 + unusable.length);
    for (const local of ["450always", "451", "full", "421", "tarpit", "cut-after-data"]) {
      const message = await byAddress(local);
      assert.deepEqual([message?.state, message?.attempts], ["queued", 1], local);
    }
    assert.equal((await byAddress("cut-after-data"))?.is_perhaps_double, true);
    assert.equal((await byAddress("451"))?.is_perhaps_double, false);
    assert.equal((await byAddress("421"))?.is_perhaps_double, false);

    const firstIds = new Map((await outboxOf(isp)).map(({ id, message_id }) => [id, message_id]));
    isp.clock.advance({ minutes: 10 });
    await until(async () => await count("sent") === 41, { what: "greylisting let it in" });
    // A server that drops every answer gets the message twice and not for five days.
    await until(async () => (await byAddress("cut-after-data"))?.state === "failed");
    for (const message of await outboxOf(isp)) {
      const firstId = firstIds.get(message.id) ?? null;
      if (firstId !== null) assert.equal(message.message_id, firstId);
    }
    isp.clock.advance({ hours: 24 * 5 + 1 });
    await until(async () => await count("queued") === 0, {
      timeoutMs: 15_000,
      what: "an end after five days",
    });
  } finally {
    await worker.stop();
  }
  const doubled = [...smtp.mailbox.timesByMessageId.values()].filter((times) => times > 1);
  assert.deepEqual(doubled, [2], "only the one whose answers were dropped, and once");
  assert.deepEqual(await refusedAddresses(database, isp.tenantId), [["550@example.test", "hard"], [
    "552@example.test",
    "soft",
  ]]);
  const lines = await mailLog(isp);
  for (const { event, subscriber_id, reference } of lines) {
    assert.ok(subscriber_id !== null && reference !== null, event);
  }
  assert.equal(lines.filter(({ event }) => event === "mail_refused").length, 2);
  assert.ok(lines.some(({ event }) => event === "mail_perhaps_double"));
});

Deno.test("a server that hangs up, thinks long or never answers: counted, each mail has its end or its next try", async () => {
  await using smtp: MailSim = await startIspMail({ slowMs: 100 });
  await using database = await createTestDatabase();
  const faults = ["slow", "cut-before-data", "tarpit-data"];
  const isp = await createMailingIsp(database, [
    ...faults.map((fault) => `ana+${fault}@example.test`),
    "juan@example.test",
  ]);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await outboxOf(isp)).every(({ attempts }) => attempts === 1));
    const states = new Map((await outboxOf(isp)).map((message) => [message.address, message]));
    const stateOf = (fault: string) => {
      const message = states.get(`ana+${fault}@example.test`);
      return [message?.state, message?.reason ?? null, message?.is_perhaps_double];
    };
    assert.deepEqual(stateOf("slow"), ["sent", null, false]);
    assert.deepEqual(stateOf("cut-before-data"), ["queued", "connection_lost", false]);
    assert.deepEqual(stateOf("tarpit-data"), ["queued", "answer_lost", true]);
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.counts.messages, 3, "slow, the one that is never answered, and the good one");
  assert.ok([...smtp.mailbox.timesByMessageId.values()].every((times) => times === 1));
});

async function refusedAddresses({ db }: TestDatabase, tenantId: string): Promise<string[][]> {
  const rows = await withTenant(
    db,
    tenantId,
    (trx) =>
      trx.selectFrom("mail_refusals").select(["address_lower", "kind"]).where("tenant_id", "=", tenantId)
        .orderBy("address_lower").execute(),
  );
  return rows.map((row) => [row.address_lower, row.kind]);
}

Deno.test("servers with faults stop their own tenant with a word, and no other tenant's mail", async () => {
  await using good = await startIspMail();
  await using noTls = await startIspMail({ encryption: "starttls", switches: { noTls: true } });
  await using ownCertificate = await startIspMail({ encryption: "starttls" });
  await using refusing = await startIspMail({ switches: { senderRefused: true } });
  await using dropping = await startIspMail({ switches: { dropping: true } });
  await using silent = await startIspMail({ switches: { silent: true } });
  await using dripping = await rawServer(drip);
  await using full = await startIspMail({ switches: { dailyLimit: 0 } });
  const cases: [string, OpenedServer, string | null][] = [
    ["good", serverOn(good.port), null],
    ["wrong login", serverOn(good.port, "wrong"), "login_refused"],
    ["STARTTLS stripped", encrypted(noTls.port, "starttls"), "no_starttls"],
    ["TLS to a plain port", encrypted(noTls.port, "tls"), "wrong_encryption"],
    ["certificate of nobody", encrypted(ownCertificate.port, "starttls"), "certificate"],
    ["sender refused", serverOn(refusing.port), "sender_refused"],
    ["accepts and drops", serverOn(dropping.port), "connection_lost"],
    ["never greets", serverOn(silent.port), "timed_out"],
    ["drips", serverOn(dripping.port), "timed_out"],
    ["daily limit", serverOn(full.port), "sending_limit"],
    ["nobody there", serverOn(1), "connection_refused"],
    ["no such name", named("mail.invalid"), "name_not_found"],
    ["private where it must not be", hosted(good.port), "address_not_allowed"],
  ];
  await using database = await createTestDatabase();
  const servers = new Map<string, OpenedServer>();
  const isps = [];
  for (const [name, server, problem] of cases) {
    const isp = await createMailingIsp(
      database,
      Array.from({ length: 10 }, (_, n) => `juan${n}@example.test`),
    );
    servers.set(isp.tenantId, server);
    isps.push({ name, isp, problem });
  }
  const [first] = isps;
  const worker = startWorker(first!.isp, partsOf((tenantId) => servers.get(tenantId) ?? null), {
    tenants: 20,
  });
  try {
    const startedAt = performance.now();
    await until(async () => (await outboxOf(first!.isp)).every(({ state }) => state === "sent"));
    assert.ok(performance.now() - startedAt < 4_000, "a good server waits for no other");
    for (const { name, isp, problem } of isps) {
      if (problem === null) continue;
      await until(async () => (await senderOf(isp))?.problem === problem, { what: name, timeoutMs: 20_000 });
      const messages = await outboxOf(isp);
      assert.ok(messages.every(({ state, attempts }) => state === "queued" && attempts <= 1), name);
      assert.ok(messages.every(({ is_perhaps_double }) => !is_perhaps_double), name);
      assert.equal((await mailLog(isp)).filter(({ event }) => event === "mail_stopped").length, 1, name);
    }
  } finally {
    await worker.stop();
  }
  assert.equal(good.mailbox.taken, 10);
  assert.equal(dropping.counts.connections, 1, "one connection a wait");
  assert.equal(loginsAt(noTls), 0, "no password in clear where encryption was asked for");
});

/** A login over it would be sent in clear, were it not refused. */
function encrypted(port: number, encryption: "starttls" | "tls"): OpenedServer {
  const opened = serverOn(port);
  return { ...opened, server: { ...opened.server, encryption } };
}

function named(host: string): OpenedServer {
  const opened = serverOn(587);
  return { ...opened, server: { ...opened.server, host } };
}

function hosted(port: number): OpenedServer {
  const opened = serverOn(port);
  return { ...opened, server: { ...opened.server, port: 587, reach: "public" } };
}

/** Greets, and then answers a byte at a time: no single wait is long, the whole never ends. */
function drip(socket: Socket): void {
  socket.write("220 drip ESMTP\r\n");
  const timer = setInterval(() => socket.write("2"), 100);
  socket.on("close", () => clearInterval(timer));
}

interface RawServer extends AsyncDisposable {
  port: number;
}

async function rawServer(onConnection: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as { port: number };
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
