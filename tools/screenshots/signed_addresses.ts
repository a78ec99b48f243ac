import { join } from "node:path";
import pg from "pg";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { loadServerKeys } from "@/web/gateways/server_keys/mod.ts";
import type { Stack } from "../stack/mod.ts";

/** Pages that only their signed address opens: a bill, and which mails its subscriber wants. */
export const SIGNED_PATTERNS = ["/b/:token", "/m/:token"] as const;

/** The addresses that the demo's web gives a bill and its subscriber, by pattern. */
export async function signAddresses(stack: Stack, billId: string): Promise<Map<string, string>> {
  const { secret } = await loadServerKeys(join(stack.dataDir, "server_keys.json"));
  const links = new PublicLinks({ secret, publicUrl: stack.url });
  const bill = await findBill(stack.postgres.superuserUrl, billId);
  const [page, wishes] = SIGNED_PATTERNS;
  const pathOf = (address: string) => new URL(address).pathname;
  return new Map([
    [page, pathOf(await links.billAddress(bill))],
    [wishes, pathOf(await links.mailAddress(bill.tenant_id, bill.subscriber_id))],
  ]);
}

async function findBill(databaseUrl: string, id: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: [bill] } = await client.query<
      { id: string; link_generation: number; tenant_id: string; subscriber_id: string }
    >("select id, link_generation, tenant_id, subscriber_id from bills where id = $1", [id]);
    if (bill === undefined) throw new Error(`Cannot sign the address of bill ${id}: it is gone`);
    return bill;
  } finally {
    await client.end();
  }
}
