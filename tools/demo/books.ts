import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { sql } from "kysely";
import type { Result } from "@/shared/result.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Stack } from "../stack/mod.ts";

/** What every part of the seed works with. */
export interface Seed {
  stack: Stack;
  context: ServiceContext;
  tenantId: string;
  owner: Actor;
  cashier: Actor;
  /** Days of history before today. */
  days: number;
  say(text: string): void;
}

/** One transaction of the demo's provider. */
export function inBooks<T>(seed: Seed, work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
  return withTenant(seed.context.db, seed.tenantId, work);
}

/** How many rows of a table meet a condition of fixed text. */
export async function countRows(
  seed: Seed,
  table: keyof Database & string,
  condition: string,
): Promise<number> {
  return await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}
      where tenant_id = ${seed.tenantId} and ${sql.raw(condition)}`.execute(trx);
    return rows[0]?.n ?? 0;
  });
}

/** The value of a use case that must not refuse. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Cannot fill the demo: ${codedText(ENGLISH_WORDS, result)}`);
  return result.value;
}
