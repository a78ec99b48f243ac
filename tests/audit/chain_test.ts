import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { checkAuditJob } from "@/web/jobs/check_audit.ts";
import { findBrokenAuditEntry, recordAudits } from "@/web/services/audit.ts";
import { auditHash } from "@/web/services/audit_hash.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import type { Actor } from "@/web/services/context.ts";
import { insertAuditEntries, listAuditEntries } from "@/web/store/access/audit.ts";
import { findLastAuditCheck, listAuditHeads } from "@/web/store/access/audit_heads.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { asSuperuser } from "./as_superuser.ts";

const MARIA: Actor = {
  kind: "staff",
  label: "Maria Santos",
  staffUserId: null,
  origin: { ip: "203.0.113.9", requestId: "3f2c" },
};

Deno.test("entries of before origins and of after them are one chain, and an origin cannot be changed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await isp.run(async (trx) => {
    const entry = {
      sequence: 1n,
      at: isp.clock.now(),
      business_on: Temporal.PlainDate.from("2026-01-01"),
      actor: "Scheduler",
      actor_kind: null,
      ip: null,
      request_id: null,
      run_id: null,
      agent_id: null,
      staff_user_id: null,
      action: "clock.healed",
      subject_kind: "clock",
      subject_id: isp.tenantId,
      subscriber_id: null,
      summary: "Before",
      details: {},
      previous_hash: new Uint8Array(32),
    };
    const hash = auditHash(entry);
    // What the version before made of such an entry.
    assert.equal(hash.toHex(), (await hashOfBefore(entry)).toHex());
    await insertAuditEntries(trx, [{ ...entry, hash }]);
  });
  await note(isp, 3);
  const [first, last] = await isp.run(async (trx) => {
    const entries = await listAuditEntries(trx, { after: 0n, limit: 10 });
    return [entries[0], entries.at(-1)];
  });
  assert.deepEqual([first?.ip, first?.request_id], [null, null]);
  assert.deepEqual([last?.ip, last?.request_id], ["203.0.113.9", "3f2c"]);
  assert.equal(await isp.run(findBrokenAuditEntry), null);
  await asSuperuser(database, "update audit_entries set ip = '198.51.100.7' where sequence = 3");
  assert.equal(await isp.run(findBrokenAuditEntry), 3n);
  await asSuperuser(database, "update audit_entries set ip = '203.0.113.9' where sequence = 3");
  await asSuperuser(database, "update audit_entries set request_id = 'made up' where sequence = 1");
  assert.equal(await isp.run(findBrokenAuditEntry), 1n);
});

Deno.test("the night signs the end of a log that is whole; what is then edited, cut off or written anew is found and told", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1, start: "2026-01-05T01:00:00+08:00" });
  const context = { ...isp.context, signing: await generateSigningKey() };
  const night = () => checkAuditJob.handle({ context, send: () => Promise.resolve() }, {});
  await note(isp, 20);
  await night();
  assert.equal(await isp.run(findLastAuditCheck), null, "before two o'clock");
  isp.clock.advance({ hours: 2 });
  await night();
  await night();
  assert.deepEqual((await isp.run(listAuditHeads)).map(({ sequence }) => sequence), [20n]);
  assert.equal((await isp.run(findLastAuditCheck))?.problem, null);
  assert.deepEqual(await lines(isp), ["audit_whole"]);
  assert.deepEqual(await needs(isp), []);

  await note(isp, 5);
  const found = async (...statements: string[]) => {
    await asSuperuser(database, ...statements);
    const { broken } = await checkAudit(context, isp.tenantId);
    return broken && { problem: broken.problem, at: broken.at };
  };
  const keep = `create table kept as select * from audit_entries`;
  const back = "delete from audit_entries; insert into audit_entries select * from kept";
  await asSuperuser(database, keep);
  for (
    const [statement, problem, at] of [
      [
        'update audit_entries set details = \'{"amount": "1"}\' where sequence = 7',
        "entry",
        7n,
      ],
      ["delete from audit_entries where sequence = 7", "entry", 8n],
      ["delete from audit_entries where sequence > 12", "truncated", 13n],
      ["delete from audit_entries", "truncated", 1n],
      [
        "update audit_entries set sequence = 22 - sequence + 1000 where sequence in (10, 12); " +
        "update audit_entries set sequence = sequence - 1000 where sequence > 1000",
        "entry",
        10n,
      ],
    ] as const
  ) {
    assert.deepEqual(await found(statement), { problem, at }, statement);
    await asSuperuser(database, back);
  }
  await rewrite(isp, database);
  assert.deepEqual(await found(), { problem: "head", at: 20n });
  assert.deepEqual(await needs(isp), ["audit_broken"]);
  assert.ok((await lines(isp)).includes("audit_broken"));
  // A broken log is not signed: the signature would vouch for it.
  isp.clock.advance({ hours: 24 });
  await night();
  assert.equal((await isp.run(listAuditHeads)).length, 1);
  await asSuperuser(database, back);
  isp.clock.advance({ hours: 24 });
  await night();
  assert.deepEqual((await isp.run(listAuditHeads)).map(({ sequence }) => sequence), [20n, 25n]);
  assert.deepEqual(await needs(isp), []);
});

Deno.test("the web can add to the signed ends and checks, and change or take away none", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await note(isp, 1);
  await checkAudit({ ...isp.context, signing: await generateSigningKey() }, isp.tenantId);
  for (
    const work of [
      () => isp.run((trx) => trx.deleteFrom("audit_heads").execute()),
      () => isp.run((trx) => trx.updateTable("audit_heads").set({ sequence: 9n }).execute()),
      () => isp.run((trx) => trx.deleteFrom("audit_checks").execute()),
      () => isp.run((trx) => trx.updateTable("audit_checks").set({ entries: 9n }).execute()),
    ]
  ) await assert.rejects(work(), /permission denied/);
});

function note(isp: Isp, count: number): Promise<void> {
  const input = (i: number) => ({
    action: "payment.recorded",
    subjectKind: "payment",
    subjectId: `0190a000-0000-7000-8000-${String(i).padStart(12, "0")}`,
    summary: coded("audit_book_check_asked"),
    details: { amount: `${i}` },
    at: isp.clock.now(),
    businessOn: Temporal.PlainDate.from("2026-01-05"),
  });
  return isp.run((trx) => recordAudits(trx, MARIA, Array.from({ length: count }, (_, i) => input(i))));
}

/** The log with another amount in it, made to fit itself again. */
async function rewrite(isp: Isp, database: TestDatabase): Promise<void> {
  const entries = await isp.run((trx) => listAuditEntries(trx, { after: 0n, limit: 1000 }));
  await asSuperuser(database, "delete from audit_entries");
  let previous: Uint8Array = new Uint8Array(32);
  for (const entry of entries) {
    const details = entry.sequence === 6n ? { amount: "999" } : entry.details;
    const linked = { ...entry, details, previous_hash: previous };
    previous = auditHash(linked);
    const row = { ...linked, hash: previous };
    await isp.run((trx) => insertAuditEntries(trx, [row]));
  }
}

async function hashOfBefore(entry: Record<string, unknown>): Promise<Uint8Array> {
  const { at, sequence, previous_hash: _hash, actor_kind: _kind, ip: _ip, request_id: _id, ...rest } = entry;
  const { run_id: _run, agent_id: _agent, ...known } = rest;
  const content = {
    ...known,
    sequence: String(sequence),
    at: (at as Temporal.Instant).toString({ fractionalSecondDigits: 3 }),
    business_on: String(entry["business_on"]),
  };
  const sorted = Object.fromEntries(Object.entries(content).sort(([a], [b]) => a < b ? -1 : 1));
  const bytes = new TextEncoder().encode(JSON.stringify(sorted));
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", new Uint8Array([...new Uint8Array(32), ...bytes])),
  );
}

async function lines(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("system_log").select("event").where("event", "like", "audit%").orderBy("id").execute()
  );
  return rows.map(({ event }) => event);
}

async function needs(isp: Isp): Promise<string[]> {
  const all = await isp.run(async (trx) =>
    await listNeeds(trx, await getTenant(trx), {
      today: Temporal.PlainDate.from("2026-01-05"),
      now: isp.clock.now(),
    })
  );
  return all.map(({ kind }) => kind).filter((kind) => kind === "audit_broken");
}
