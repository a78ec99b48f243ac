import assert from "node:assert/strict";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { secretOwner } from "@/shared/protocol/mod.ts";
import { createLogger } from "@/shared/log.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { keepPrivacy } from "@/web/services/privacy/keep_privacy.ts";
import { RecordOpenings } from "@/web/services/privacy/record_openings.ts";
import { insertErasure } from "@/web/store/privacy/erasures.ts";
import { startErasure } from "@/web/store/privacy/erasure_steps.ts";
import { listOpenings } from "@/web/store/privacy/openings.ts";
import { leave, memoryList } from "./erasing_isp.ts";

async function scene(work: (scene: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  await using past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  await work(await open(past.isp));
}

async function open(isp: Awaited<ReturnType<typeof playedIsp>>["isp"]) {
  const context = { ...isp.context, signing: await generateSigningKey(), erasures: memoryList() };
  const app = await createWebApp(context);
  const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
  return { isp, context, app, path, owner: await app.signIn(isp.tenantId, "Owner") };
}

const until = async <T>(read: () => Promise<T[]>, count: number): Promise<T[]> => {
  for (let i = 0; i < 200; i++) {
    const rows = await read();
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await read();
};

Deno.test("a person's data is one archive with all that is about them, and getting it is in the audit log", async () => {
  await scene(async ({ isp, owner, app, path }) => {
    const answer = await owner.get(`${path}/personal-data`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-disposition") ?? "", /personal-data-.*\.zip/);
    for (
      const part of [
        "data.json",
        "read-me.html",
        "linya-personal-data-v1",
        '"bill_lines"',
        '"changes"',
        '"approvals"',
      ]
    ) {
      assert.ok(answer.html.includes(part), part);
    }
    assert.match(
      (await owner.get("/admin/audit?kind=export")).text,
      /Everything about .* exported as one file/,
    );
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    assert.equal((await cashier.get(`${path}/personal-data`)).status, 404);
    assert.equal((await cashier.get(`${path}/erase`)).status, 404);
    assert.equal((await cashier.get("/admin/audit/people")).status, 404);
    const page = await cashier.get(`${path}/privacy`);
    assert.equal(page.status, 200);
    assert.ok(
      !page.text.includes("Who opened this record"),
      "only who may read the audit log sees who looked",
    );
  });
});

Deno.test("what somebody said to offers is kept with its text, and unknown is found by a filter", async () => {
  await scene(async ({ isp, owner, path }) => {
    assert.match((await owner.get(`${path}/privacy`)).text, /Not known/);
    assert.equal((await owner.post(`${path}/consent`, { consent: "given", way: "paper" })).status, 303);
    assert.match(
      (await owner.post(`${path}/consent`, { consent: "given", way: "phone" })).text,
      /says already/,
    );
    const texts = {
      textEn: "New words",
      textFil: "Bagong salita",
      taxYears: "10",
      mailDays: "730",
      openingDays: "400",
      securityDays: "180",
    };
    assert.equal((await owner.post("/admin/settings/privacy", texts)).status, 303);
    assert.match((await owner.get(`${path}/consent`)).text, /New words/);
    // Of two in one millisecond nobody knows which is the newest.
    isp.clock.advance({ seconds: 1 });
    assert.equal((await owner.post(`${path}/consent`, { consent: "withdrawn", way: "phone" })).status, 303);
    const { text } = await owner.get(`${path}/privacy`);
    assert.match(text, /Withdrawn .*by phone.*text 1.*Given .*on paper.*text 0/);
    const given = await owner.get("/admin/subscribers?consent=withdrawn");
    assert.match(given.text, /1 subscriber|1 of|Customer 1/);
    const bad = await owner.post("/admin/settings/privacy", { ...texts, mailDays: "5" });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /from 90 to 3,?650/);
  });
});

Deno.test("a request waits while somebody is connected, and is done in the night after they left", async () => {
  await scene(async ({ isp, context, owner, path }) => {
    const asked = await owner.get(`${path}/erase`);
    assert.match(asked.text, /1 connection is not ended/);
    const refused = await owner.post(`${path}/erase`, { reason: "By letter", waits: "no" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /nothing was erased/);
    assert.equal((await owner.post(`${path}/erase`, { reason: "By letter", waits: "yes" })).status, 303);
    await keepPrivacy(context, isp.tenantId);
    assert.match((await owner.get(`${path}/privacy`)).text, /Asked for on/);
    await leave(isp, 0);
    await keepPrivacy(context, isp.tenantId);
    await keepPrivacy(context, isp.tenantId);
    assert.equal(context.erasures.lines.length, 1);
    const { text } = await owner.get(path);
    assert.match(text, /Erased subscriber/);
    const after = await owner.get(`${path}/privacy`);
    assert.match(after.text, /Left on the router.*linya:[0-9a-f]{12} on /);
    assert.ok(after.text.includes(secretOwner(isp.subscriptionIds[0]!)));
    for (
      const page of [
        "/admin/subscribers",
        "/admin/bills",
        "/admin/payments",
        `${path}/statement`,
        "/admin/audit",
      ]
    ) {
      assert.equal((await owner.get(page)).status, 200, page);
    }
    const edit = await owner.post(`${path}/edit`, { name: "Back again" });
    assert.notEqual(edit.status, 303);
    assert.match(edit.text, /was erased/);
  });
});

Deno.test("an erasure that begun and is stopped says by what, and is taken back while nothing is gone", async () => {
  await scene(async ({ isp, owner, app, path }) => {
    const id = crypto.randomUUID();
    await isp.run(async (trx) => {
      const row = { id, subscriber_id: isp.subscriberIds[0]!, account_number: "1", reason: null };
      await insertErasure(trx, { ...row, asked_at: isp.clock.now(), asked_by: "Ana Reyes" });
      const by = { started_by: "Ana Reyes", started_by_id: null, started_ip: null, started_request_id: null };
      await startErasure(trx, id, { at: isp.clock.now(), ...by });
    });
    const changed = (log_changed: bigint) =>
      isp.run((trx) =>
        trx.updateTable("erasures").set({ log_changed }).where("tenant_id", "=", isp.tenantId)
          .where("id", "=", id).execute()
      );
    await changed(1n);
    const gone = await owner.get(`${path}/privacy`);
    assert.match(gone.text, /stopped by what is below. Some words are gone.*1 connection is not ended/);
    assert.ok(!gone.html.includes("erase-withdraw"));
    const technician = await app.signIn(isp.tenantId, ["subscriber:read"]);
    const { text } = await technician.get(`${path}/privacy`);
    assert.match(text, /Who may see bills reads here what it is/, "what is owed is not for everybody");
    assert.doesNotMatch(text, /not ended|₱/);
    await changed(0n);
    const whole = await owner.get(`${path}/privacy`);
    assert.match(whole.text, /Nothing is erased yet.*1 connection is not ended/);
    assert.ok(whole.html.includes("erase-withdraw"));
    assert.equal((await owner.post(`${path}/erase-withdraw`, {})).status, 303);
    assert.match((await owner.get(`${path}/privacy`)).text, /Nobody has asked for it/);
  });
});

Deno.test("who opened a record is one line in a quarter of an hour, and the list of people affected has it", async () => {
  await scene(async ({ isp, owner, app, path }) => {
    await owner.get("/admin/subscribers");
    for (const page of [path, path, `${path}/ledger`, `${path}/privacy`]) await owner.get(page);
    const read = () => isp.run((trx) => listOpenings(trx, isp.subscriberIds[0]!, { limit: 10 }));
    assert.equal((await until(read, 1)).length, 1);
    assert.match((await owner.get(`${path}/privacy`)).text, /Who opened this record.*Ana Reyes/);
    isp.clock.advance({ minutes: 16 });
    await owner.get(path);
    assert.equal((await until(read, 2)).length, 2);
    const people = await owner.get("/admin/audit/people?from=2020-01-01&to=2030-01-01");
    assert.match(people.text, /People affected/);
    const address = "/admin/audit/people.csv?from=2020-01-01&to=2030-01-01";
    assert.match((await owner.get(address)).location, /^\/admin\/confirm\?/, "it asks again who it is");
    const again = await app.signIn(isp.tenantId, "Owner");
    const file = await again.get(address);
    assert.equal(file.html.trim().split("\n").length, 2);
    assert.match((await owner.get("/admin/audit?kind=export")).text, /1 person listed/);
    assert.equal((await owner.get("/admin/subscribers/0190a000-0000-7000-8000-000000000001")).status, 404);
  });
});

Deno.test("openings are written together, once each, and a database that is away stops no page", async () => {
  await using past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  const { isp } = past;
  const openings = new RecordOpenings(isp.context);
  const [staffUserId, sessionId] = [crypto.randomUUID(), crypto.randomUUID()];
  for (let i = 0; i < 3; i++) {
    for (const subscriberId of isp.subscriberIds) {
      openings.note(isp.tenantId, { subscriberId, staffUserId, sessionId });
    }
  }
  await openings.settled();
  const { length } = await isp.run((trx) => listOpenings(trx, isp.subscriberIds[0]!, { limit: 10 }));
  assert.equal(length, 1);

  // Away: taking note comes back at once, only the log says it, and the next page is noted when it is back.
  const lines: string[] = [];
  const context = { ...isp.context, log: createLogger((line) => lines.push(line), () => isp.clock.now()) };
  let isAway = true;
  const db = new Proxy(isp.context.db, {
    get(target, name) {
      if (isAway) throw new Error("The database is away");
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const away = new RecordOpenings({ ...context, db });
  const who = { subscriberId: isp.subscriberIds[1]!, staffUserId: crypto.randomUUID(), sessionId };
  const count = () =>
    isp.run((trx) => listOpenings(trx, who.subscriberId, { limit: 10 })).then((rows) => rows.length);
  away.note(isp.tenantId, who);
  await away.settled();
  assert.match(lines.join("\n"), /openings_not_written/);
  assert.equal(await count(), 1);
  isAway = false;
  away.note(isp.tenantId, who);
  await away.settled();
  assert.equal(await count(), 2);
});
