import assert from "node:assert/strict";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { heardTopics, parseTopics } from "@/web/services/live/topics.ts";
import { listenForLive, type LiveNotice } from "@/web/store/live/live_topics.ts";
import { withScene } from "@/tests/support/scene.ts";
import { countSystemLog, insertSystemLog, type SystemLogInput } from "@/web/store/access/system_log.ts";
import { cleanUpLog } from "@/web/services/system_log/clean_up_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";

const NOW = "2026-02-10T12:00";

async function write(isp: Isp, line: Partial<SystemLogInput> & { message: string }): Promise<void> {
  await isp.run((trx) =>
    insertSystemLog(trx, { at: isp.clock.now(), level: "error", event: "tested", ...line })
  );
}

async function signInFailed(isp: Isp): Promise<void> {
  const at = isp.clock.now();
  await isp.run((trx) =>
    trx.insertInto("security_events").values({
      tenant_id: isp.tenantId,
      id: crypto.randomUUID(),
      kind: "sign_in_failed",
      reason: "wrong_password",
      account: "maria@ilaya.test",
      network: "203.0.113.0",
      place: "",
      ip: "203.0.113.9",
      request_id: "abcd1234-0000-4000-8000-000000000000",
      times: 3,
      period_starts_at: at,
      first_at: at,
      last_at: at,
    }).execute()
  );
}

Deno.test("System Logs say each line in the reader's language, with whom and what it is about", async () => {
  await withScene(NOW, async ({ isp, owner }) => {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "number"]).where("subscriber_id", "=", isp.subscriberIds[0]!)
        .executeTakeFirstOrThrow()
    );
    await write(isp, {
      source: "mail",
      message: "The server is away",
      subscriberId: isp.subscriberIds[0]!,
      billId: bill.id,
      reference: "11111111-2222-4333-8444-555555555555",
    });
    await write(isp, {
      source: "routers",
      level: "warn",
      message: formatCoded(coded("log_router_held", { count: 7 })),
      fields: { router_id: isp.routerIds[0]! },
    });
    // A line whose ids are nonsense stops nobody.
    await write(isp, { message: "Odd", fields: { router_id: "not-an-id", agent_id: 5 } });
    await signInFailed(isp);
    const { text, html } = await owner.get("/admin/logs");
    assert.match(text, /The agent holds back 7 disables/);
    assert.ok(html.includes(`href="/admin/subscribers/${isp.subscriberIds[0]}"`));
    assert.ok(html.includes(`href="/admin/bills/${bill.id}"`));
    assert.ok(html.includes(`href="/admin/routers/${isp.routerIds[0]}"`));
    assert.match(text, /Sign-in failed: .*maria@ilaya\.test, from 203\.0\.113\.9/);
    assert.match(text, /3 times/);
    const file = (await owner.get("/admin/logs.csv")).html;
    assert.match(file, /"The server is away".*Subscriber 00001/);
    assert.equal(file.trim().split("\n").length, 6);
  });
});

Deno.test("pages that show lines or messages are told of new ones, who may see them and nobody else", () => {
  const topics = parseTopics("log,mail,logs");
  assert.deepEqual(topics, ["log", "mail"]);
  assert.deepEqual(heardTopics(topics, new Set(["system_log:read"])), ["log"]);
  assert.deepEqual(heardTopics(topics, new Set(["mail:read"])), ["mail"]);
  assert.deepEqual(heardTopics(topics, new Set(["bill:read"])), []);
});

Deno.test("a line is announced when its transaction commits", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 0 });
  const heard: LiveNotice[] = [];
  let isReady = false;
  const ear = listenForLive(database.appUrl, {
    log: silentLogger,
    onNotice: (notice) => heard.push(notice),
    onReady: () => isReady = true,
  });
  await until(() => isReady, { what: "the ear is open" });
  await write(isp, { message: "News" });
  await until(() => heard.length > 0, { what: "the news" });
  await ear.stop();
  assert.deepEqual(heard, [{ tenantId: isp.tenantId, topics: ["log"] }]);
});

Deno.test("lines are narrowed by level, source, day, subscriber, words and reference", async () => {
  await withScene(NOW, async ({ isp, owner }) => {
    const reference = "11111111-2222-4333-8444-555555555555";
    await write(isp, { message: "First", source: "mail", subscriberId: isp.subscriberIds[2]!, reference });
    await write(isp, {
      message: formatCoded(coded("log_agent_twice")),
      source: "agents",
      level: "warn",
      at: isp.clock.now().subtract({ hours: 72 }),
    });
    await write(isp, { message: "Third", level: "info" });
    await signInFailed(isp);
    const first = ["First"];
    const twice = ["take turns"];
    const third = ["Third"];
    const signIn = ["maria@"];
    const cases: [string, string[]][] = [
      ["level=error", first],
      ["level=warn", [...twice, ...signIn]],
      ["level=info", third],
      ["source=mail", first],
      ["source=agents", twice],
      ["source=sign_ins", signIn],
      ["from=2026-02-10", [...first, ...third, ...signIn]],
      ["to=2026-02-08", twice],
      [`subscriber=${isp.subscriberIds[2]}`, first],
      [`q=${reference.slice(0, 13)}`, first],
      ["q=THIRD", third],
      ["q=take%20turns", twice],
      ["q=00003", first],
      ["q=maria", signIn],
      ["q=abcd1234", signIn],
      ["q=100%25", []],
    ];
    for (const [query, expected] of cases) {
      const { html, status } = await owner.get(`/admin/logs?${query}`);
      assert.equal(status, 200, query);
      const table = /<tbody[\s\S]*<\/tbody>/.exec(html)?.[0] ?? "";
      const seen = [...first, ...twice, ...third, ...signIn].filter((words) => table.includes(words));
      assert.deepEqual(seen.sort(), [...expected].sort(), query);
    }
    // In Filipino the words of Filipino find it.
    await owner.post("/admin/preferences", { language: "fil", back: "/admin/logs" });
    const { text } = await owner.get("/admin/logs?q=nagsasalitan");
    assert.match(text, /Dalawang installation|nagsasalitan/);
  });
});

Deno.test("pages of both logs together go on where the last one ended, each line once", async () => {
  await withScene(NOW, async ({ isp, owner }) => {
    for (let i = 0; i < 130; i++) {
      await write(isp, {
        message: `Line ${i}.`,
        // Several at one moment, so that the id decides.
        at: isp.clock.now().subtract({ seconds: Math.floor(i / 3) }),
      });
    }
    await signInFailed(isp);
    const seen: string[] = [];
    let path: string | undefined = "/admin/logs";
    while (path !== undefined) {
      const { html }: { html: string } = await owner.get(path);
      seen.push(...[...html.matchAll(/Line (\d+)\./g)].map(([, n]) => n!));
      path = /href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }
    assert.equal(new Set(seen).size, 130);
    assert.equal(seen.length, 130);
    const up = (await owner.get("/admin/logs?sort=time")).text;
    assert.match(up, /Line 129\./);
  });
});

Deno.test("sign-ins are for who may read the security log, and a neighbour sees nothing", async () => {
  await withScene(NOW, async ({ isp, app }) => {
    await write(isp, { message: "Ours" });
    await signInFailed(isp);
    const technician = await app.signIn(isp.tenantId, ["system_log:read"]);
    const { text } = await technician.get("/admin/logs");
    assert.match(text, /Ours/);
    assert.doesNotMatch(text, /maria@/);
    assert.doesNotMatch((await technician.get("/admin/logs?source=sign_ins")).text, /maria@/);
    assert.doesNotMatch((await technician.get("/admin/logs.csv")).html, /maria@/);
    const cashier = await app.signIn(isp.tenantId, ["bill:read", "security_log:read"]);
    for (const path of ["/admin/logs", "/admin/logs.csv", "/admin/logs/keep"]) {
      assert.ok([403, 404].includes((await cashier.get(path)).status), path);
    }
    const tenantId = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      tenantId,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
    );
    const neighbour = await app.signIn(tenantId, "Owner");
    assert.doesNotMatch((await neighbour.get("/admin/logs")).text, /Ours|maria@/);
  });
});

Deno.test("lines are kept as long as the company says, and the clean-up says when it ran", async () => {
  await withScene(NOW, async ({ isp, owner }) => {
    for (const days of [0, 40, 70]) {
      for (const n of [1, 2, 3]) {
        await write(isp, {
          message: `${days} days, ${n}`,
          at: isp.clock.now().subtract({ hours: 24 * days }),
        });
      }
    }
    const left = async () =>
      (await isp.run((trx) =>
        trx.selectFrom("system_log").select("message").where("tenant_id", "=", isp.tenantId)
          .where("event", "=", "tested").execute()
      )).length;
    await cleanUpLog(isp.context);
    assert.equal(await left(), 9);
    assert.match(
      (await owner.get("/admin/logs")).text,
      /kept for 180 days\. Older ones were last cleaned up/,
    );
    for (const days of ["29", "3651", "x", ""]) {
      assert.equal((await owner.post("/admin/logs/keep", { days })).status, 422, days);
    }
    assert.match((await owner.post("/admin/logs/keep", { days: "60" })).location, /done=kept/);
    // In batches: what is left goes with the next.
    await cleanUpLog(isp.context, { lines: 2, most: 1 });
    assert.equal(await left(), 7);
    await cleanUpLog(isp.context, { lines: 2, most: 10 });
    assert.equal(await left(), 6);
    await owner.post("/admin/logs/keep", { days: "30" });
    await cleanUpLog(isp.context);
    assert.equal(await left(), 3);
  });
});

Deno.test("what repeats within an hour is one line with a count, and a new one after it", async () => {
  await withScene(NOW, async ({ isp, app }) => {
    const fail = (same: string) =>
      isp.run((trx) =>
        countSystemLog(
          trx,
          { at: isp.clock.now(), level: "error", event: "flapping", message: `Flap ${same}.` },
          same,
        )
      );
    await Promise.all(Array.from({ length: 5 }, () => fail("a")));
    await fail("b");
    isp.clock.set(isp.clock.now().add({ minutes: 61 }));
    await fail("a");
    const rows = await isp.run((trx) =>
      trx.selectFrom("system_log").select(["message", "times"]).where("event", "=", "flapping").orderBy("at")
        .orderBy("message").execute()
    );
    assert.deepEqual(rows.map((row) => `${row.message} ${row.times}`), [
      "Flap a. 5",
      "Flap b. 1",
      "Flap a. 1",
    ]);
    const owner = await app.signIn(isp.tenantId, "Owner");
    assert.match((await owner.get("/admin/logs")).text, /Flap a\. 5 times within the hour/);
  });
});
