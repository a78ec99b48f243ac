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
import { erasing, everyRow, type Known, leave, liveThrough, pppOf } from "./erasing_isp.ts";
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
    name: "Ñiña D'Oro-Peñaranda (Sari-Sari) 50%",
    phone: "+63 918-555-9012",
    email: "nina+store@example.test",
    address: "Blk 4 Lot 9 [rear], St. Jude",
    notes: "Pays in coins * always",
  },
];
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
    const wanted = [known.name, known.phone, known.email, known.address, known.notes, pppOf(known)];
    const before = [...(await everyRow(database)).values()].join("\n").toLowerCase();
    for (const word of wanted) assert.ok(before.includes(word.toLowerCase()), `${word} was there`);
    const books = await asSuperuserQuery(database, BOOKS);

    const done = await eraseSubscriber(context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      waits: false,
      reason: `${known.name} wrote a letter`,
    });
    assert.equal(assertOk(done), "done");

    for (const [table, rows] of await everyRow(database)) {
      const text = rows.toLowerCase();
      for (const word of wanted) {
        assert.ok(!text.includes(word.toLowerCase()), `${table} still holds ${word}`);
      }
    }
    assert.deepEqual(await asSuperuserQuery(database, BOOKS), books);
    await assertBooksHold(isp);
    const report = await checkAudit(context, isp.tenantId);
    assert.equal(report.broken, null);
  }
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
  assert.deepEqual(both.map((result) => result.ok).sort(), [false, true], "of two one does it");
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
    isp.run((trx) => checkAuditChain(trx, signing.publicKey)).then((report) => report.broken);
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
  assert.deepEqual(report.broken, { problem: "entry", at: BigInt(sequence) });
});
