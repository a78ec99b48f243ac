import assert from "node:assert/strict";
import { generateSigningKey, sign } from "@/shared/crypto/mod.ts";
import { headStatement } from "@/web/services/audit_head.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import { Dice } from "../billing/random/dice.ts";
import { checked, type MadeChain, makeChain, rehashed, TENANT } from "./made_chain.ts";

const ROUNDS = 1_000;
const SEED = 20_261_201;
const ENTRIES = 240;

type Pick = (most: number) => number;

/** Ways to tamper with a log; each leaves something that was never written. */
const WAYS: Readonly<Record<string, (entries: AuditEntryRow[], pick: Pick) => Promise<AuditEntryRow[]>>> = {
  edit: (entries, pick) => Promise.resolve(edited(entries, pick)),
  // Somebody who knows how the chain is made, and makes it fit again.
  edit_and_rehash: (entries, pick) => Promise.resolve(rehashed(edited(entries, pick), entries)),
  delete: (entries, pick) => Promise.resolve(entries.toSpliced(pick(entries.length), 1)),
  delete_and_rehash: (entries, pick) =>
    Promise.resolve(rehashed(renumbered(entries.toSpliced(pick(entries.length), 1)), entries)),
  swap: (entries, pick) => Promise.resolve(swapped(entries, pick)),
  swap_and_rehash: (entries, pick) => Promise.resolve(rehashed(renumbered(swapped(entries, pick)), entries)),
  truncate: (entries, pick) => Promise.resolve(entries.slice(0, pick(entries.length))),
  insert: (entries, pick) => {
    const at = pick(entries.length);
    return Promise.resolve(renumbered(entries.toSpliced(at, 0, { ...entries[at]!, actor: "Nobody" })));
  },
};

Deno.test(`${ROUNDS} random edits, deletions, swaps and truncations of an audit log are all found`, async () => {
  const chain = await makeChain(ENTRIES, [80, 160, ENTRIES]);
  assert.equal((await checked(chain, chain.entries)).broken, null);
  const dice = new Dice(SEED);
  const pick: Pick = (most) => dice.whole(0, most - 1);
  const names = Object.keys(WAYS);
  const missed: string[] = [];
  const found: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const name = names[pick(names.length)]!;
    const { broken } = await checked(chain, await WAYS[name]!(chain.entries, pick));
    if (broken === null) missed.push(`round ${round}: ${name}`);
    else found[broken.problem] = (found[broken.problem] ?? 0) + 1;
  }
  assert.deepEqual(missed, []);
  // Each way of finding something was needed.
  assert.deepEqual(Object.keys(found).sort(), ["entry", "head", "truncated"]);
});

Deno.test("a changed signed end, one of another company and one of another key vouch for nothing", async () => {
  const chain = await makeChain(20, [10, 20]);
  const broken = async (heads: MadeChain["heads"]) => await checked({ ...chain, heads }, chain.entries);
  const [first, last] = chain.heads as [MadeChain["heads"][0], MadeChain["heads"][0]];
  for (
    const changed of [
      { ...last, sequence: 19n },
      { ...last, hash: first.hash },
      { ...last, signed_on: last.signed_on.add({ days: 1 }) },
      { ...last, signature: new Uint8Array(64) },
    ]
  ) {
    assert.equal((await broken([first, changed])).broken?.problem, "signature");
  }
  const other = await generateSigningKey();
  const statement = headStatement({ tenantId: TENANT, ...last });
  const foreign = {
    ...last,
    public_key: other.publicKey,
    signature: await sign(other.privateKey, statement),
  };
  const report = await broken([first, foreign]);
  assert.deepEqual([report.broken, report.foreignHeads], [null, 1]);
  // Whoever writes the log anew and signs it with a key of their own is found by what was signed before, and named.
  const anew = rehashed(edited(chain.entries.slice(0, 15), () => 0));
  const rewritten = await checked({ ...chain, heads: [first, foreign] }, anew);
  assert.deepEqual([rewritten.broken?.problem, rewritten.broken?.at], ["head", 10n]);
});

function edited(entries: readonly AuditEntryRow[], pick: Pick): AuditEntryRow[] {
  const at = pick(entries.length);
  const entry = entries[at]!;
  const changes: Partial<AuditEntryRow>[] = [
    { actor: `${entry.actor} ` },
    { actor_kind: entry.actor_kind === "staff" ? null : "staff" },
    { ip: entry.ip === null ? "198.51.100.7" : null },
    { request_id: entry.request_id === null ? "request-x" : null },
    { run_id: TENANT },
    { agent_id: TENANT },
    { at: entry.at.add({ milliseconds: 1 }) },
    { business_on: entry.business_on.subtract({ days: 1 }) },
    { staff_user_id: entry.staff_user_id === null ? TENANT : null },
    { action: "payment.reversed" },
    { subject_kind: "refund" },
    { subject_id: TENANT },
    { subscriber_id: entry.subscriber_id === null ? TENANT : null },
    { summary: `${entry.summary} ` },
    { details: { amount: "1" } },
    { details: {} },
  ];
  return entries.with(at, { ...entry, ...changes[pick(changes.length)] });
}

function swapped(entries: readonly AuditEntryRow[], pick: Pick): AuditEntryRow[] {
  const [one, step] = [pick(entries.length), 1 + pick(entries.length - 1)];
  const other = (one + step) % entries.length;
  return entries.with(one, entries[other]!).with(other, entries[one]!);
}

function renumbered(entries: readonly AuditEntryRow[]): AuditEntryRow[] {
  return entries.map((entry, i) =>
    entry.sequence === BigInt(i + 1) ? entry : { ...entry, sequence: BigInt(i + 1) }
  );
}
