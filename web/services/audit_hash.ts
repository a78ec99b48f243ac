import { createHash } from "node:crypto";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";

/** What came to the log later. Entries from before have none of it, and their hash was made without it. */
const ADDED = ["actor_kind", "ip", "request_id", "run_id", "agent_id", "salt"] as const;

/**
 * SHA-256 of the previous hash and the canonical JSON of the entry; at once, since handing short texts to WebCrypto's
 * threads takes many times as long as hashing them.
 */
export function auditHash(entry: Omit<AuditEntryRow, "hash">): Uint8Array {
  const text = canonicalJson({
    sequence: entry.sequence.toString(),
    at: entry.at.toString({ fractionalSecondDigits: 3 }),
    business_on: entry.business_on.toString(),
    actor: entry.actor,
    ...Object.fromEntries(
      ADDED.filter((name) => (entry[name] ?? null) !== null).map((name) => [name, entry[name]]),
    ),
    staff_user_id: entry.staff_user_id,
    action: entry.action,
    subject_kind: entry.subject_kind,
    subject_id: entry.subject_id,
    subscriber_id: entry.subscriber_id,
    summary: entry.summary,
    details: entry.details,
  });
  return new Uint8Array(createHash("sha256").update(entry.previous_hash).update(text).digest());
}

/** JSON with sorted keys, so that jsonb may store them in its own order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return item.toString();
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
  });
}
