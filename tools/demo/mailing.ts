import { uuidv7 } from "@/shared/ids.ts";
import type { MailSim } from "@/sim/mail/mod.ts";
import type { MailServerInput } from "@/web/services/mail/mail_input.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { MAIL_LOGIN } from "../stack/mod.ts";
import { inBooks, must, type Seed } from "./books.ts";
import { DEMO_COMPANY } from "./demo_data.ts";
import { digest, pick } from "./people.ts";

/** So many days before the demo's today its provider enters its mail server: bills and payments since then are mailed. */
export const MAILING_DAYS = 10;

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

/**
 * What the mail server of the stack does with mails to those who pay next, by the tag of their address: no such mailbox, put
 * off once, put off each time, refused for its content.
 */
const FAULTS = ["550", "451", "450always", "554", "550", "451"];

/** The provider enters its mail server, and its people leave their addresses. */
export async function startMailing(seed: Seed): Promise<void> {
  must(
    await saveMail(seed.context, seed.tenantId, seed.owner, { ...serverOf(seed.stack.mail), revision: 0 }),
  );
  await inBooks(seed, (trx) => leaveAddresses(trx, seed));
}

/** The mail server of the stack as the provider's own; it listens on this machine only. */
function serverOf({ host, port }: MailSim): MailServerInput {
  return {
    preset: "own",
    host,
    port,
    encryption: "starttls",
    auth: "password",
    username: MAIL_LOGIN.user,
    password: MAIL_LOGIN.password,
    clientId: null,
    clientSecret: null,
    refreshToken: null,
    tokenUrl: null,
    removeLogin: false,
    fromName: DEMO_COMPANY,
    fromAddress: MAIL_LOGIN.user,
    replyTo: "hello@bayan.test",
    hourlyMax: null,
    dailyMax: null,
  };
}

async function leaveAddresses(trx: TenantTransaction, { context, tenantId, owner }: Seed): Promise<void> {
  const now = context.clock.now();
  const people = await trx.selectFrom("subscribers").select(["id", "name", "account_number"])
    .where("tenant_id", "=", tenantId).orderBy("account_number").execute();
  const reached = people.filter((person) => pick(FILED, `filed ${person.account_number}`).kind === "address");
  const { today } = businessNow(await getTenant(trx), context.clock);
  const faults = await listFaults(trx, new Set(reached.map(({ id }) => id)), today);
  for (const person of reached) {
    const of = (what: string) => `${what} ${person.account_number}`;
    const fault = faults.get(person.id);
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

/** Whom a fault meets: who owes, first those whose bills are due next: a mail to them is soon written. */
async function listFaults(
  trx: TenantTransaction,
  reached: ReadonlySet<string>,
  today: Temporal.PlainDate,
): Promise<Map<string, string>> {
  const owing = await trx.selectFrom("bills").select("subscriber_id").where("tenant_id", "=", trx.tenantId)
    .where("status", "=", "issued").where("paid_centavos", "=", 0n)
    .groupBy("subscriber_id").orderBy((eb) => eb(eb.fn.max("due_on"), "<", today))
    .orderBy((eb) => eb.fn.max("due_on")).orderBy("subscriber_id").execute();
  const ids = owing.map((row) => row.subscriber_id).filter((id) => reached.has(id));
  return new Map(FAULTS.flatMap((fault, index) => ids[index] === undefined ? [] : [[ids[index], fault]]));
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
