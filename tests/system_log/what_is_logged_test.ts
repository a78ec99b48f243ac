import assert from "node:assert/strict";
import pg from "pg";
import { z } from "zod";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { until } from "@/tests/support/until.ts";
import { defineJob } from "@/web/jobs/define_job.ts";
import { installJobs } from "@/web/jobs/install_jobs.ts";
import { JOBS } from "@/web/jobs/mod.ts";
import { runImportJob } from "@/web/jobs/run_import.ts";
import { startJobs } from "@/web/jobs/start_jobs.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS, translator } from "@/web/messages/mod.ts";
import { noteAgentBack, noteAgentsAway, noteRouterStatus } from "@/web/services/network/network_log.ts";
import { noteJobFailed } from "@/web/services/system_log/note_job_failed.ts";
import { notePageFailed } from "@/web/services/system_log/note_page_failed.ts";
import { upsertPresence } from "@/web/store/network/agent_presence.ts";

const NOW = "2026-02-10T12:00";

/** The lines that are there, the oldest first, as `source level event times: words`. */
async function linesOf(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("system_log").select(["source", "level", "event", "times", "message"])
      .where("tenant_id", "=", isp.tenantId).orderBy("at").orderBy("id").execute()
  );
  return rows.map(({ source, level, event, times, message }) =>
    `${source} ${level} ${event} ${times}: ${storedText(ENGLISH_WORDS, message)}`
  );
}

Deno.test("an unexpected error is found by the id that its page shows, without what was typed", async () => {
  await withScene(NOW, async ({ isp, owner, database }) => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query("alter table plans rename to no_plans");
    const failed = await owner.get("/admin/plans?q=hunter2-typed");
    await client.query("alter table no_plans rename to plans");
    await client.end();
    assert.equal(failed.status, 500);
    const id = failed.headers.get("x-request-id")!;
    assert.ok(failed.text.includes(id));
    const { html, text } = await owner.get(`/admin/logs?q=${id}`);
    assert.match(text, /A page could not be shown: GET \/admin\/plans/);
    assert.ok(html.includes(`title="${id}"`));
    const [row] = await isp.run((trx) =>
      trx.selectFrom("system_log").selectAll().where("reference", "=", id).execute()
    );
    assert.ok(!JSON.stringify(row).includes("hunter2"));
    assert.match(row!.message, /42P01/);
  });
});

Deno.test("pages that fail without end have their own lines up to a number, and are counted from there", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 0 });
  const about = { tenantId: isp.tenantId, method: "GET", path: "/admin/x", error: new TypeError("x") };
  for (let i = 0; i < 230; i++) {
    await notePageFailed(isp.context, { ...about, requestId: crypto.randomUUID() });
  }
  const lines = await linesOf(isp);
  assert.equal(lines.length, 201);
  assert.match(lines.find((line) => !line.includes(" 1: "))!, /page_failed 30: /);
});

Deno.test("a job of a company that fails is a line with its id; the same within an hour is counted", async () => {
  await using database = await createTestDatabase();
  await installJobs(database.ownerUrl, silentLogger);
  const isp = await createIsp(database, { subscribers: 0 });
  const tick = defineJob({ id: "tick", data: z.object({}), handle: () => Promise.resolve() });
  const failing = { ...runImportJob, retryLimit: 0, handle: () => Promise.reject(new Error("no such file")) };
  const jobs = await startJobs({ url: database.appUrl, context: isp.context, jobs: [tick, failing] });
  try {
    await isp.run((trx) =>
      jobs.enqueue(trx, runImportJob, { tenantId: isp.tenantId, batchId: crypto.randomUUID() })
    );
    await until(async () => (await linesOf(isp)).length > 0, { timeoutMs: 15_000, what: "the line" });
  } finally {
    await jobs.stop();
  }
  const failed = {
    job: "run_import",
    jobId: crypto.randomUUID(),
    carried: { tenantId: isp.tenantId },
    error: new Error("no such file"),
  };
  await noteJobFailed(isp.context, failed);
  await noteJobFailed(isp.context, { ...failed, error: new Error("another") });
  // One that is nobody's, and one of a company that is not there, are in the log of the process only.
  await noteJobFailed(isp.context, { ...failed, carried: {} });
  await noteJobFailed(isp.context, { ...failed, carried: { tenantId: crypto.randomUUID() } });
  assert.deepEqual(
    (await linesOf(isp)).map((line) => line.slice(0, 27)).sort(),
    [
      "jobs error job_failed 1: An",
      "jobs error job_failed 2: An",
    ].sort(),
  );
  isp.clock.set(isp.clock.now().add({ hours: 2 }));
  await noteJobFailed(isp.context, failed);
  assert.equal((await linesOf(isp)).length, 3);
});

Deno.test("every job has words for a person, in each language", () => {
  for (const locale of ["en", "fil"] as const) {
    const said = new Set<string>();
    for (const { id } of JOBS) {
      const words = storedText(
        translator(locale),
        formatCoded(coded("log_job_failed", { job: id, aside: "" })),
      );
      assert.ok(!words.includes(id), `${locale}: ${words}`);
      said.add(words);
    }
    assert.equal(said.size, JOBS.length);
  }
});

Deno.test("an agent that is away for long is one line, and one when it is back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 0 });
  const { id: agentId } = await isp.run((trx) =>
    trx.selectFrom("agents").select("id").where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
  );
  const hello = { version: "0.1.0", clockMs: null, lastEnd: null, trouble: null };
  const isThere = () =>
    isp.run(async (trx) => {
      const now = isp.clock.now();
      await upsertPresence(trx, { agent_id: agentId, node_id: isp.tenantId, epoch: 1n, hello, now });
      await noteAgentBack(trx, agentId, now);
    });
  const later = (minutes: number) => isp.clock.set(isp.clock.now().add({ minutes }));
  await isThere();
  later(9);
  await noteAgentsAway(isp.context, isp.tenantId);
  assert.deepEqual(await linesOf(isp), []);
  later(3);
  for (let i = 0; i < 3; i++) {
    await noteAgentsAway(isp.context, isp.tenantId);
    later(1);
  }
  await isThere();
  later(1);
  await isThere();
  later(20);
  await noteAgentsAway(isp.context, isp.tenantId);
  assert.deepEqual((await linesOf(isp)).map((line) => line.replace(/\..*/, "")), [
    "agents warn agent_away 1: The agent has been away for 12 minutes",
    "agents info agent_back 1: The agent is back",
    "agents warn agent_away 1: The agent has been away for 20 minutes",
  ]);
});

Deno.test("a router that comes and goes is two lines an hour with a count", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 0 });
  const router = { id: isp.routerIds[0]! };
  for (let i = 0; i < 6; i++) {
    await isp.run(async (trx) => {
      const now = isp.clock.now();
      await noteRouterStatus(trx, { ...router, status: "online" }, {
        status: "unreachable",
        message: null,
        now,
      });
      await noteRouterStatus(trx, { ...router, status: "unreachable" }, {
        status: "online",
        message: null,
        now,
      });
      await noteRouterStatus(trx, { ...router, status: "online" }, { status: "online", message: null, now });
      await noteRouterStatus(trx, { ...router, status: "unknown" }, { status: "online", message: null, now });
    });
    isp.clock.set(isp.clock.now().add({ minutes: 5 }));
  }
  assert.deepEqual((await linesOf(isp)).sort(), [
    "routers info router_online 6: The router answers again",
    "routers warn router_unreachable 6: The router does not stand as it should",
  ]);
});

Deno.test("passwords, tokens and keys that go through forms that fail are in no line", async () => {
  await withScene(NOW, async ({ isp, owner, app, database }) => {
    const canary = "CANARY-9f3b-secret";
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    // What these forms touch fails in the database.
    const tables = ["security_events", "rate_limits", "setup_codes"];
    for (const table of tables) await client.query(`alter table ${table} rename to broken_${table}`);
    // Of routers, which the figures of every page count, only what the form changes.
    await client.query("alter table routers rename column host to broken_host");
    const token = owner.cookie.split("=")[1]!;
    const post = (path: string, fields: Record<string, string>) => owner.post(path, fields);
    await post("/login", { email: "maria@ilaya.test", password: canary });
    await post("/setup", { code: canary, password: canary, name: "A", email: "a@b.test", company: "C" });
    await post(`/admin/routers/${isp.routerIds[0]}/edit`, {
      name: "R",
      host: "192.0.2.1",
      port: "8728",
      username: canary,
      password: canary,
    });
    await owner.get(`/admin/subscribers?q=${canary}`);
    for (const table of tables) await client.query(`alter table broken_${table} rename to ${table}`);
    await client.query("alter table routers rename column broken_host to host");
    const { rows } = await client.query("select * from system_log");
    await client.end();
    assert.ok(rows.length > 0, "something failed and was written down");
    const text = JSON.stringify(rows);
    for (const secret of [canary, token]) assert.ok(!text.includes(secret));
    const { text: page } = await (await app.signIn(isp.tenantId, "Owner")).get("/admin/logs");
    assert.ok(!page.includes(canary));
  });
});
