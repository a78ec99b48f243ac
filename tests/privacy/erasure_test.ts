import assert from "node:assert/strict";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { asSuperuser } from "@/tests/audit/as_superuser.ts";
import { assertBooksHold } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { checkAuditChain } from "@/web/services/audit_chain.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { eraseSubscriber, withdrawErasureRequest } from "@/web/services/privacy/erase_subscriber.ts";
import { findErasureOf } from "@/web/store/privacy/erasures.ts";
import { keepPrivacy } from "@/web/services/privacy/keep_privacy.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { askAbout, erasing, everyRow, type Known, leave, liveThrough, pppOf } from "./erasing_isp.ts";
import { asSuperuserQuery } from "./query.ts";

const PEOPLE: Known[] = [
  {
    name: "Crisanto Villaruz Magtanggol",
    phone: "0917 555 8431",
    email: "crisanto.magtanggol@example.test",
    address: "Purok 7, Sitio Malinaw",
    notes: "Gate with the dog",
  },
  {
    name: `Ñiña "Ning" D'Oro-Peñaranda (Sari-Sari) 50%`,
    phone: "+63 918-555-9012",
    email: "nina+store@example.test",
    address: "Blk 4 Lot 9 [rear], St. Jude",
    notes: "Pays in coins * always",
  },
];
/** Where it is broken, without what was found there. */
const placeOf = (broken: { problem: string; at: bigint } | null) =>
  broken === null ? null : { problem: broken.problem, at: broken.at };
/** Without what rows and JSON put before quotes. */
const plain = (text: string) => text.toLowerCase().replaceAll(/["\\]/g, "");
const PAST = [{ subscribers: 6 }, "2026-02-10T10:00"] as const;
/** What the books are made of, without words. */
const BOOKS = `select md5(string_agg(t, E'\\n' order by t)) as sum from (
  select concat_ws('|', 'b', id, number, status, period_start, period_end, issued_on, due_on, total_centavos,
    paid_centavos, vat_centavos) as t from bills
  union all select concat_ws('|', 'l', bill_id, line_no, kind, amount_centavos, period_start, period_end) from bill_lines
  union all select concat_ws('|', 'p', id, number, method, amount_centavos, received_on, status) from payments
  union all select concat_ws('|', 'e', transaction_id, line_no, account, subscriber_id, amount_centavos)
    from ledger_entries
  union all select concat_ws('|', 't', id, kind, business_on, recorded_at) from ledger_transactions
  union all select concat_ws('|', 'a', id, source_id, bill_id, amount_centavos, released_at) from allocations
  union all select concat_ws('|', 'm', id, number, kind, amount_centavos, issued_on) from credit_memos) rows`;

Deno.test("after an erasure no table holds the name, phone, mail or address, the books are the same and the chain is whole", async () => {
  for (const known of PEOPLE) {
    await using past = await playedIsp(...PAST);
    const { isp, database } = past;
    const context = await erasing(isp);
    await liveThrough(isp, 0, known);
    await leave(isp, 0);
    await askAbout(isp, 0, known);
    const wanted = [known.name, known.phone, known.email, known.address, known.notes, pppOf(known)];
    const before = plain([...(await everyRow(database)).values()].join("\n"));
    for (const word of wanted) assert.ok(before.includes(plain(word)), `${word} was there`);
    const books = await asSuperuserQuery(database, BOOKS);

    const done = await eraseSubscriber(context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      waits: false,
      reason: `${known.name} wrote a letter`,
    });
    assert.equal(assertOk(done), "done");

    for (const [table, rows] of await everyRow(database)) {
      for (const word of wanted) {
        assert.ok(!plain(rows).includes(plain(word)), `${table} still holds ${word}`);
        const inAddress = new URLSearchParams({ q: word }).toString().slice(2).toLowerCase();
        assert.ok(!rows.toLowerCase().includes(inAddress), `${table} still holds ${inAddress}`);
      }
    }
    assert.deepEqual(await asSuperuserQuery(database, BOOKS), books);
    await assertBooksHold(isp);
    const report = await checkAudit(context, isp.tenantId);
    assert.equal(report.broken, null);
  }
});

Deno.test("of requests about somebody who is erased the decision and its amount stay, and a request that waits stands against it", async () => {
  await using past = await playedIsp(...PAST);
  const { isp, database } = past;
  const [known, subscriberId] = [PEOPLE[0]!, isp.subscriberIds[0]!];
  await liveThrough(isp, 0, known);
  await leave(isp, 0);
  await askAbout(isp, 0, known);
  const context = await erasing(isp);
  const erase = () =>
    eraseSubscriber(context, isp.tenantId, isp.actor, { subscriberId, waits: false, reason: "By letter" });
  const decide = (sql: string) =>
    asSuperuser(database, `update approval_requests set ${sql} where subscriber_id = '${subscriberId}'`);
  await decide("state = 'asked', decided_at = null, decided_by = null, failure = null");
  assertRefused(await erase(), "erasure_blocked");
  await decide("state = 'approved', decided_at = now(), decided_by = 'Ana Reyes'");
  assertOk(await erase());
  const rows = await isp.run((trx) =>
    trx.selectFrom("approval_requests").select([
      "kind",
      "subject_label",
      "input",
      "reason",
      "note",
      "asked_by",
      "decided_by",
      "amount_centavos",
      "how",
    ]).where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", subscriberId).orderBy("kind")
      .execute()
  );
  const { name } = (await isp.run((trx) => findSubscriber(trx, subscriberId)))!;
  const kept = {
    reason: "—",
    note: "—",
    asked_by: "Cora Cruz",
    decided_by: "Ana Reyes",
    amount_centavos: 400_00n,
    how: "person",
  };
  assert.deepEqual(rows, [
    {
      ...kept,
      kind: "bill_void",
      subject_label: `${name}, BILL-000123`,
      input: { reason: "—", periods: "never" },
    },
    {
      ...kept,
      kind: "refund",
      subject_label: name,
      input: { amountCentavos: "40000", method: "gcash", reference: "—", reason: "—" },
    },
    { ...kept, kind: "suspension", subject_label: name, input: { reason: "abuse", note: "—" } },
  ]);
  // Nights later: what a mail to staff says goes as well; whom it was to stays, as a message needs it.
  isp.clock.advance({ hours: 24 * 800 });
  await keepPrivacy(context, isp.tenantId);
});

Deno.test("nobody is erased who is connected or owes; the request waits, once, and can be taken back", async () => {
  await using past = await playedIsp(...PAST);
  const { isp } = past;
  const context = await erasing(isp);
  const [call, subscriberId] = [[context, isp.tenantId, isp.actor] as const, isp.subscriberIds[0]!];
  const ask = (waits: boolean) => eraseSubscriber(...call, { subscriberId, waits, reason: "By letter" });
  assertRefused(await ask(false), "erasure_blocked");
  const [one, two] = await Promise.all([ask(true), ask(true)]);
  assert.deepEqual([assertOk(one), assertOk(two)], ["asked", "asked"]);
  assert.equal((await isp.run((trx) => findErasureOf(trx, subscriberId)))?.state, "asked");
  assertOk(await withdrawErasureRequest(...call, { subscriberId }));
  assertRefused(await withdrawErasureRequest(...call, { subscriberId }), "erasure_gone");
  await leave(isp, 0);
  const both = await Promise.all([ask(true), ask(true)]);
  // Of two one does it; to the other it is said that they are erased, or that they were already.
  assert.ok(both.some((result) => result.ok));
  for (const result of both) {
    if (result.ok) assert.equal(result.value, "done");
    else assert.equal(result.code, "already_erased");
  }
  const entries = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
      .where("action", "=", "subscriber.erased").execute()
  );
  assert.equal(entries.length, 1);
  assertRefused(await ask(true), "already_erased");
});

Deno.test("an erased entry counts only with a signature of the installation, and nothing else may change with it", async () => {
  await using past = await playedIsp(...PAST);
  const { isp, database } = past;
  const signing = await generateSigningKey();
  const context = await erasing(isp, { signing });
  await liveThrough(isp, 0, PEOPLE[0]!);
  await leave(isp, 0);
  const erased = await eraseSubscriber(context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[0]!,
    waits: false,
    reason: "By letter",
  });
  assertOk(erased);
  const broken = () =>
    isp.run((trx) => checkAuditChain(trx, signing.publicKey)).then((report) => placeOf(report.broken));
  assert.equal(await broken(), null);
  const [{ sequence }] = await asSuperuserQuery<{ sequence: string }>(
    database,
    "select sequence from audit_redactions order by sequence limit 1",
  ) as [{ sequence: string }];
  const tried = async (change: string, back: string) => {
    await asSuperuser(database, change);
    const found = await broken();
    await asSuperuser(database, back);
    assert.equal(await broken(), null, `after ${back}`);
    return found;
  };
  // Of the words that are left, who did it, and what it was.
  for (const [column, value] of [["summary", "x"], ["actor", "Somebody"], ["action", "payment.reversed"]]) {
    const [{ was }] = await asSuperuserQuery<{ was: string }>(
      database,
      `select ${column} as was from audit_entries where sequence = ${sequence}`,
    ) as [{ was: string }];
    const set = (text: string) =>
      `update audit_entries set ${column} = '${text.replaceAll("'", "''")}' where sequence = ${sequence}`;
    assert.deepEqual(await tried(set(value!), set(was)), { problem: "entry", at: BigInt(sequence) });
  }
  // A row more, of an entry that was never erased: the signature is not of it.
  const forged = await tried(
    `insert into audit_redactions select tenant_id, 1, erasure_id, decode(repeat('00', 32), 'hex'),
      decode(repeat('00', 32), 'hex') from audit_redactions limit 1`,
    "delete from audit_redactions where sequence = 1 and original_hash = decode(repeat('00', 32), 'hex')",
  );
  assert.deepEqual(forged, { problem: "entry", at: BigInt(sequence) });
  // Another installation's key vouches for nothing.
  const other = await generateSigningKey();
  const report = await isp.run((trx) => checkAuditChain(trx, other.publicKey));
  assert.deepEqual(placeOf(report.broken), { problem: "entry", at: BigInt(sequence) });
});
