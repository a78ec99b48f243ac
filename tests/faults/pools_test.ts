import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { AgentDouble, enrol, makeKeys } from "@/tests/network/agent_double.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { paymentFields } from "@/tests/support/scene.ts";
import { freePortPair, makeDataDir } from "@/tests/support/stack_parts.ts";
import { until } from "@/tests/support/until.ts";
import { readConfig } from "@/web/config.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { startWeb } from "@/web/start_web.ts";
import { CONNECTIONS_MAX, POOL_SIZES } from "@/web/store/db/pools.ts";

/** Far under the 5 s that a request waits for a connection. */
const FAST_MS = 2_000;

Deno.test("pages that wait for the database keep neither a payment nor an agent's link from it", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-15T10:00");
  const { database, isp } = past;
  const port = freePortPair();
  const dataDir = await makeDataDir();
  const config = readConfig(["--port", `${port}`, "--data", dataDir], {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  const user = await (await createWebApp(isp.context)).signIn(isp.tenantId, "Owner");
  const site = assertOk(await createSite(isp.context, isp.tenantId, isp.actor, { name: "Hill" }));
  const { code } = assertOk(
    await createEnrolmentCode(isp.context, isp.tenantId, isp.actor, { siteId: site.siteId }),
  );
  const web = await startWeb({ config, clock: isp.clock, log: silentLogger });
  const base = `http://127.0.0.1:${port}`;
  const get = (path: string) => fetch(base + path, { headers: { cookie: user.cookie }, redirect: "manual" });
  const blocker = new pg.Client({ connectionString: database.superuserUrl });
  // Another connection: one transaction sees the same state of the server all the time.
  const watcher = new pg.Client({ connectionString: database.superuserUrl });
  await Promise.all([blocker.connect(), watcher.connect()]);
  try {
    const form = await (await get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`)).text();
    const token = /name="_csrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
    const keys = await makeKeys();
    const enrolled = await enrol(port + 1, code, keys);
    assert.equal(enrolled.status, 200, JSON.stringify(enrolled));

    // Every look at the security log waits for this lock, each on a connection.
    await blocker.query("begin; lock table security_events in access exclusive mode");
    const pages = Array.from({ length: 40 }, () => get("/admin/settings/security"));
    await until(async () => await countOf("linya-pages") === POOL_SIZES.pages, {
      what: "all pages' connections taken",
    });

    const startedAt = performance.now();
    const payment = await fetch(`${base}/admin/payments/new`, {
      method: "POST",
      body: new URLSearchParams({ ...paymentFields(form), _csrf: token }),
      headers: { cookie: user.cookie, origin: base },
      redirect: "manual",
    });
    const paymentMs = performance.now() - startedAt;
    assert.match(payment.headers.get("location") ?? "", /done=posted/, (await payment.text()).slice(0, 500));
    assert.ok(paymentMs < FAST_MS, `the payment took ${paymentMs} ms`);

    const linkAt = performance.now();
    const agent = await AgentDouble.open(port + 1, String(enrolled.body.agent_id), keys);
    agent.hello(keys.installId);
    await agent.next("welcome");
    const linkMs = performance.now() - linkAt;
    assert.ok(linkMs < FAST_MS, `the link took ${linkMs} ms`);
    await agent.close();

    assert.equal(
      await Promise.race([...pages, Promise.resolve("waiting")]),
      "waiting",
      "the pages still wait",
    );
    assert.ok(await countOf("%") <= CONNECTIONS_MAX, `${await countOf("%")} connections`);
    await blocker.query("rollback");
    const statuses = (await Promise.all(pages)).map(({ status }) => status);
    assert.deepEqual([...new Set(statuses)].filter((status) => status !== 200 && status !== 503), []);
  } finally {
    await Promise.all([blocker.end(), watcher.end()]);
    await web.stop();
    await Deno.remove(dataDir, { recursive: true });
  }

  /** Connections of the web by the name that it gives them. */
  async function countOf(name: string): Promise<number> {
    const { rows } = await watcher.query(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name like 'linya%' and application_name like $1`,
      [name],
    );
    return rows[0].count;
  }
});

Deno.test("three web processes have room in PostgreSQL's default of 100 connections", () => {
  assert.ok(CONNECTIONS_MAX * 3 < 97, `${CONNECTIONS_MAX} connections each`);
});
