import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { auditOf } from "@/tools/doctor/examine_audit.ts";
import { recordAudits } from "@/web/services/audit.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { findLastAuditCheck, listAuditHeads } from "@/web/store/access/audit_heads.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { asSuperuser } from "./as_superuser.ts";

interface Log {
  isp: Isp;
  database: TestDatabase;
  context: ServiceContext;
  check(): Promise<{ problem: string; at: bigint } | null>;
  isTold(): Promise<boolean>;
}

async function withLog(work: (log: Log) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-01-05T03:00:00+08:00" });
  const context = { ...isp.context, signing: await generateSigningKey() };
  await note(isp, 20);
  await checkAudit(context, isp.tenantId);
  await work({
    isp,
    database,
    context,
    async check() {
      const { broken } = await checkAudit(context, isp.tenantId);
      return broken && { problem: broken.problem, at: broken.at };
    },
    isTold: () => isToldOf(isp),
  });
}

function note(isp: Isp, count: number): Promise<void> {
  const entry = {
    action: "payment.recorded",
    subjectKind: "payment",
    subjectId: crypto.randomUUID(),
    summary: coded("audit_book_check_asked"),
    details: { amount: "1" },
    at: isp.clock.now(),
    businessOn: Temporal.PlainDate.from("2026-01-05"),
  };
  const maria = { kind: "staff", label: "Maria Santos", staffUserId: null } as const;
  return isp.run((trx) => recordAudits(trx, maria, Array.from({ length: count }, () => entry)));
}

async function isToldOf(isp: Isp): Promise<boolean> {
  const today = Temporal.PlainDate.from("2026-01-05");
  const needs = await isp.run(async (trx) =>
    await listNeeds(trx, await getTenant(trx), { today, now: isp.clock.now() })
  );
  return needs.some(({ kind }) => kind === "audit_broken");
}

const edit = (sequence: number, amount: string) =>
  `update audit_entries set details = '{"amount": "${amount}"}' where sequence = ${sequence}`;

Deno.test("an owner says why the log is broken: Today stops telling it, page and doctor keep it, another break is told again", async () => {
  await withLog(async ({ isp, database, context, check, isTold }) => {
    const app = await createWebApp(isp.context);
    const owner = await app.signIn(isp.tenantId, "Owner");
    assert.equal((await owner.get("/admin/audit/break")).location, "/admin/audit", "nothing is broken");
    await asSuperuser(database, edit(7, "9"));
    assert.deepEqual(await check(), { problem: "entry", at: 7n });
    assert.ok(await isTold());

    assert.match((await owner.get("/admin/audit")).text, /tampered with at entry 7.*Say why/);
    const form = await owner.get("/admin/audit/break");
    const seen = /name="seen" value="([^"]+)"/.exec(form.html)?.[1] ?? "";
    const clerk = await app.signIn(isp.tenantId, ["audit:read", "settings:write"]);
    const refused = await clerk.post("/admin/audit/break", { seen, note: "It was me" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Only an owner can say this/);
    assert.ok(await isTold());
    const blank = await owner.post("/admin/audit/break", { seen, note: "" });
    assert.equal(blank.status, 422);
    const said = { seen, note: "Restored from Sunday" };
    for (const _twice of [1, 2]) {
      const answer = await owner.post("/admin/audit/break", said);
      assert.deepEqual([answer.status, answer.location], [303, "/admin/audit"]);
    }
    assert.equal(await isTold(), false);
    assert.match(
      (await owner.get("/admin/audit")).text,
      /broken at entry 7, and Ana Reyes knows why.*Sunday/,
    );
    assert.match((await owner.get("/admin/audit?q=why")).text, /Said why the audit log is broken at entry 7/);

    assert.equal(await check(), null, "what lies behind it is looked at");
    assert.equal(await isTold(), false);
    assert.match(
      (await owner.get("/admin/audit")).text,
      /Broken at entry 7.*Restored from Sunday: Ana Reyes/,
    );
    const doctor = await Array.fromAsync(auditOf(context, isp.tenantId, { name: "Ilaya", auditHead: null }));
    assert.deepEqual(doctor.map(({ state }) => state), ["warn"]);
    assert.match(
      doctor[0]?.text ?? "",
      /broken at entry 7, and Ana Reyes has said why: Restored from Sunday/,
    );

    // The same place once more, and another one: both are new.
    await asSuperuser(database, edit(7, "10"));
    assert.deepEqual(await check(), { problem: "entry", at: 7n });
    assert.ok(await isTold());
    await asSuperuser(database, edit(7, "9"), edit(15, "9"));
    assert.deepEqual(await check(), { problem: "entry", at: 15n });
    assert.ok(await isTold());
    const stale = await owner.post("/admin/audit/break", said);
    assert.equal(stale.status, 409, "the form was of an earlier look");
  });
});

Deno.test("a log that is known to have been cut off is signed again as it grows, and what is cut off once more is told", async () => {
  await withLog(async ({ isp, database, check, isTold }) => {
    await asSuperuser(database, "delete from audit_entries where sequence > 12");
    assert.deepEqual(await check(), { problem: "truncated", at: 13n });
    const app = await createWebApp(isp.context);
    const owner = await app.signIn(isp.tenantId, "Owner");
    const { id } = (await isp.run(findLastAuditCheck))!;
    await owner.post("/admin/audit/break", { seen: id, note: "The disk was full" });
    assert.equal(await check(), null);
    isp.clock.advance({ hours: 24 });
    await note(isp, 30);
    assert.equal(await check(), null);
    assert.equal((await isp.run(listAuditHeads)).length, 2, "its end is signed");
    assert.equal(await isTold(), false);
    await asSuperuser(database, "delete from audit_entries where sequence > 11");
    assert.equal((await check())?.problem, "truncated");
    assert.ok(await isTold());
  });
});

Deno.test("a clock that is set back makes no earlier look the newest", async () => {
  await withLog(async ({ isp, database, check, isTold }) => {
    isp.clock.set(isp.clock.now().subtract({ hours: 30 }));
    await asSuperuser(database, edit(3, "9"));
    assert.deepEqual(await check(), { problem: "entry", at: 3n });
    assert.equal((await isp.run(findLastAuditCheck))?.problem, "entry");
    assert.ok(await isTold());
  });
});
