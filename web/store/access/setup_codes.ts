import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";

/** Replaces the set-up code: only the newest one that was printed works. */
export async function replaceSetupCode(
  db: Kysely<Database>,
  code: { id: string; hash: Uint8Array; at: Temporal.Instant },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.updateTable("setup_codes").set({ used_at: code.at }).where("used_at", "is", null).execute();
    await trx.insertInto("setup_codes").values({ id: code.id, code_hash: code.hash, created_at: code.at })
      .execute();
  });
}

/** Whether an open code has this hash; a cheap question, asked before the costly work for a new owner. */
export async function isSetupCodeOpen(db: Kysely<Database>, hash: Uint8Array): Promise<boolean> {
  const found = await db.selectFrom("setup_codes").select("id")
    .where("code_hash", "=", hash).where("used_at", "is", null).executeTakeFirst();
  return found !== undefined;
}

/**
 * Uses up the code, and with it every other open one: two nodes that start together leave two, and two people using
 * them at once must not both become the owner. False when no open code has this hash; then nothing changes.
 */
export async function consumeSetupCode(
  db: Kysely<Database>,
  hash: Uint8Array,
  at: Temporal.Instant,
): Promise<boolean> {
  const used = await db.updateTable("setup_codes").set({ used_at: at })
    .where("used_at", "is", null)
    .where((eb) =>
      eb.exists(
        eb.selectFrom("setup_codes as wanted").select("wanted.id")
          .where("wanted.code_hash", "=", hash).where("wanted.used_at", "is", null),
      )
    )
    .returning("id").execute();
  return used.length > 0;
}
