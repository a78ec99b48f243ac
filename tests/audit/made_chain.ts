import { generateSigningKey, sign } from "@/shared/crypto/mod.ts";
import { AuditChainCheck, type AuditChainReport } from "@/web/services/audit_chain.ts";
import { auditHash } from "@/web/services/audit_hash.ts";
import { headStatement } from "@/web/services/audit_head.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import type { AuditHeadRow } from "@/web/store/access/audit_heads.ts";

export const TENANT = "0190a000-0000-7000-8000-000000000001";

/** An audit log in memory, with its signed ends. */
export interface MadeChain {
  entries: AuditEntryRow[];
  heads: AuditHeadRow[];
  publicKey: Uint8Array<ArrayBuffer>;
}

/** A chain of so many entries, some from before there were kinds and origins, signed at these. */
export async function makeChain(count: number, signedAt: readonly number[]): Promise<MadeChain> {
  const { privateKey, publicKey } = await generateSigningKey();
  const entries = rehashed(Array.from({ length: count }, (_, i) => entryAt(i + 1, count)));
  const heads: AuditHeadRow[] = [];
  for (const [day, at] of signedAt.entries()) {
    const { sequence, hash } = entries[at - 1] as AuditEntryRow;
    const signed_on = Temporal.PlainDate.from("2026-01-01").add({ days: day });
    heads.push({
      sequence,
      hash,
      signed_on,
      signed_at: Temporal.Instant.from(`${signed_on}T18:00:00Z`),
      public_key: publicKey,
      signature: await sign(privateKey, headStatement({ tenantId: TENANT, sequence, hash, signed_on })),
    });
  }
  return { entries, heads, publicKey };
}

function entryAt(number: number, count: number): AuditEntryRow {
  const isOld = number < count / 10;
  return {
    sequence: BigInt(number),
    at: Temporal.Instant.fromEpochMilliseconds(1_767_225_600_000 + number * 61_000),
    business_on: Temporal.PlainDate.from("2026-01-01").add({ days: number % 20 }),
    actor: ["Maria Santos", "Scheduler", "Jun Cruz"][number % 3] ?? "",
    actor_kind: isOld ? null : number % 3 === 1 ? "system" : "staff",
    ip: isOld || number % 3 === 1 ? null : "203.0.113.9",
    request_id: isOld || number % 3 === 1 ? null : `request-${number}`,
    run_id: null,
    agent_id: null,
    staff_user_id: number % 3 === 1 ? null : "0190a000-0000-7000-8000-0000000000aa",
    action: "payment.recorded",
    subject_kind: "payment",
    subject_id: `0190a000-0000-7000-8000-${String(number).padStart(12, "0")}`,
    subscriber_id: number % 2 === 0 ? null : "0190a000-0000-7000-8000-0000000000bb",
    summary: `{"code":"plain","values":{"text":"Entry ${number}"}}`,
    details: { amount: `${number * 100}`, before: { name: "A" }, after: { name: "B" } },
    previous_hash: new Uint8Array(32),
    hash: new Uint8Array(32),
  };
}

/**
 * The same entries as a chain that fits itself, as somebody would write who knows how.
 *
 * @param known what the chain was: up to where nothing was changed it stays
 */
export function rehashed(
  entries: readonly AuditEntryRow[],
  known: readonly AuditEntryRow[] = [],
): AuditEntryRow[] {
  const changed = entries.findIndex((entry, i) => entry !== known[i]);
  const chain = entries.slice(0, changed < 0 ? entries.length : changed);
  let previous: Uint8Array = chain.at(-1)?.hash ?? new Uint8Array(32);
  for (const entry of entries.slice(chain.length)) {
    const linked = { ...entry, previous_hash: previous };
    previous = auditHash(linked);
    chain.push({ ...linked, hash: previous });
  }
  return chain;
}

const AT_ONCE = 40;

/** What the check finds. */
export async function checked(
  { heads, publicKey }: MadeChain,
  entries: readonly AuditEntryRow[],
): Promise<AuditChainReport> {
  const check = await AuditChainCheck.begin(TENANT, heads, publicKey);
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    if (!check.add(entries.slice(from, from + AT_ONCE))) break;
  }
  return check.end();
}
