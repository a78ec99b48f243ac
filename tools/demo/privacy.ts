import { join } from "node:path";
import { readConfig } from "@/web/config.ts";
import { openErasureList } from "@/web/gateways/erasure_list/mod.ts";
import { loadServerKeys } from "@/web/gateways/server_keys/mod.ts";
import { eraseSubscriber } from "@/web/services/privacy/erase_subscriber.ts";
import { noteConsent } from "@/web/services/privacy/note_consent.ts";
import { inBooks, must, type Seed } from "./books.ts";
import { MOVED_AWAY } from "./newcomers.ts";

/** What people said to offers and news, and somebody who is erased: so that a newcomer sees how it looks. */
export async function leavePrivacy(seed: Seed): Promise<void> {
  const { context, tenantId, owner, cashier } = seed;
  const { agreed, tookBack, gone } = await inBooks(seed, async (trx) => {
    const people = await trx.selectFrom("subscribers").select("id").where("tenant_id", "=", tenantId)
      .orderBy("account_number").limit(2).execute();
    const moved = await trx.selectFrom("subscribers").select("id").where("tenant_id", "=", tenantId)
      .where("name", "=", MOVED_AWAY.name).executeTakeFirstOrThrow();
    return { agreed: people[0]?.id, tookBack: people[1]?.id, gone: moved.id };
  });
  if (agreed === undefined || tookBack === undefined) throw new Error("Cannot ask anybody: nobody is here");
  const said = { way: "paper", state: "given" } as const;
  for (const subscriberId of [agreed, tookBack]) {
    must(await noteConsent(context, tenantId, cashier, { ...said, subscriberId }));
  }
  must(
    await noteConsent(context, tenantId, owner, {
      ...said,
      subscriberId: tookBack,
      state: "withdrawn",
      way: "phone",
    }),
  );
  const { dataDir } = seed.stack;
  const keys = await loadServerKeys(join(dataDir, "server_keys.json"));
  const erasing = {
    ...context,
    signing: keys.signing,
    erasures: openErasureList(readConfig([], { LINYA_DATA: dataDir }).erasuresFile),
  };
  const reason = "Moved away before the installation, and asked by phone";
  must(await eraseSubscriber(erasing, tenantId, owner, { subscriberId: gone, waits: false, reason }));
}
