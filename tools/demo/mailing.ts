import { uuidv7 } from "@/shared/ids.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { inBooks, type Seed } from "./books.ts";
import { DEMO_COMPANY } from "./demo_data.ts";
import { digest, pick } from "./people.ts";

/** So many days before the demo's today its provider enters its mail server: bills and payments since then are mailed. */
export const MAILING_DAYS = 10;

const FROM_ADDRESS = "billing@bayan.test";
/** Reserved for examples (RFC 2606): nothing that is sent there could arrive anywhere, and nothing is sent but to the sim. */
const DOMAIN = "example.test";

/** What subscribers have on file, of a hundred. */
const FILED = [
  { kind: "address", share: 88 },
  { kind: "nothing", share: 12 },
] as const;

const LANGUAGES = [
  { kind: null, share: 65 },
  { kind: "fil", share: 35 },
] as const;

const WANTED = [
  { kind: "all", share: 94 },
  { kind: "no_reminders", share: 5 },
  { kind: "none", share: 1 },
] as const;

/** Somebody whose mailbox is gone, and somebody whose server puts mails off: by what the mail server of the stack does. */
const FAULTS: Readonly<Record<number, string>> = { 3: "550", 8: "451" };

/** The provider enters its mail server, and its people leave their addresses. */
export async function startMailing(seed: Seed): Promise<void> {
  await saveMailServer(seed);
  await inBooks(seed, (trx) => leaveAddresses(trx, seed));
}

/** The mail server of the stack as the provider's own; it listens on this machine only. */
async function saveMailServer(seed: Seed): Promise<void> {
  const { context, tenantId, owner, stack } = seed;
  const row = {
    preset: "own" as const,
    host: stack.mail.host,
    port: stack.mail.port,
    encryption: "starttls" as const,
    auth: "none" as const,
    from_name: DEMO_COMPANY,
    from_address: FROM_ADDRESS,
    reply_to: "hello@bayan.test",
    revision: 1,
    saved_at: context.clock.now(),
    saved_by: owner.label,
  };
  await inBooks(
    seed,
    (trx) => trx.insertInto("mail_servers").values({ ...row, tenant_id: tenantId }).execute(),
  );
}

async function leaveAddresses(trx: TenantTransaction, { context, tenantId, owner }: Seed): Promise<void> {
  const now = context.clock.now();
  const people = await trx.selectFrom("subscribers").select(["id", "name", "account_number"])
    .where("tenant_id", "=", tenantId).orderBy("account_number").execute();
  for (const [index, person] of people.entries()) {
    const of = (what: string) => `${what} ${person.account_number}`;
    const fault = FAULTS[index];
    if (fault === undefined && pick(FILED, of("filed")).kind === "nothing") continue;
    const wanted = fault === undefined ? pick(WANTED, of("wanted")).kind : "all";
    await trx.updateTable("subscribers").set({
      email: addressOf(person, fault),
      language: pick(LANGUAGES, of("language")).kind,
      mail_wanted: wanted,
    }).where("tenant_id", "=", tenantId).where("id", "=", person.id).execute();
    await trx.insertInto("mail_consents").values({
      tenant_id: tenantId,
      id: uuidv7(now.epochMilliseconds),
      subscriber_id: person.id,
      wanted,
      source: "staff",
      said_at: now,
      said_by: owner.label,
    }).execute();
  }
}

/** `juan.delacruz7@example.test`; a fault is the tag of the address. */
function addressOf(
  { name, account_number: account }: { name: string; account_number: string },
  fault: string | undefined,
): string {
  const words = name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().match(/[a-z]+/g) ?? [];
  const local = `${words.slice(0, 2).join(".") || "subscriber"}${digest(account) % 90 + 10}`;
  return `${local}${fault === undefined ? "" : `+${fault}`}@${DOMAIN}`;
}
