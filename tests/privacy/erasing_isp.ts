import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { type SigningKeyPair } from "@/shared/crypto/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type Isp, pay, todayOf } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { asSuperuserQuery } from "./query.ts";
import type { ErasureList, ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { coded } from "@/shared/codes/mod.ts";
import { endConnection } from "@/tests/billing/ends.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { insertMessages } from "@/web/store/mail/messages.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";

/** Somebody of whom everything is looked for afterwards. */
export interface Known {
  name: string;
  phone: string;
  email: string;
  address: string;
  notes: string;
}

/** A list of erasures in memory. */
export function memoryList(): ErasureList & { lines: ListedErasure[] } {
  const lines: ListedErasure[] = [];
  return {
    lines,
    read: () => Promise.resolve([...lines]),
    add(erasures) {
      for (const one of erasures) {
        if (!lines.some(({ erasure }) => erasure === one.erasure)) lines.push(one);
      }
      return Promise.resolve();
    },
  };
}

/** What erases: the services of the provider with a key and a list. */
export async function erasing(
  isp: Isp,
  more: { signing?: SigningKeyPair; erasures?: ErasureList } = {},
): Promise<ServiceContext> {
  return {
    ...isp.context,
    signing: more.signing ?? await generateSigningKey(),
    erasures: more.erasures ?? memoryList(),
  };
}

/** Writes a person into every corner that Linya has for one. */
export async function liveThrough(isp: Isp, n: number, known: Known): Promise<void> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const [subscriberId, subscriptionId] = [isp.subscriberIds[n]!, isp.subscriptionIds[n]!];
  assertOk(
    await updateSubscriber(...call, { subscriberId, ...known, barangay: known.address, city: known.address }),
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ ppp_name: pppOf(known) }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", subscriptionId).execute()
  );
  assertOk(
    await holdSubscription(...call, {
      subscriptionId,
      untilOn: todayOf(isp).add({ days: 3 }),
      reason: `${known.name} of ${known.address} called from ${known.phone}`,
    }),
  );
  await recordReading(...call, {
    action: "export.file",
    what: "subscribers",
    summary: coded("audit_file_exported", { file: "subscribers.csv", rows: 1 }),
    details: { filter: `q=${known.name.replaceAll(" ", "+")}`, rows: 1, is_whole: true },
  });
  await isp.run(async (trx) => {
    const [at, today] = [isp.clock.now(), todayOf(isp)];
    const [mail, staff] = [crypto.randomUUID(), crypto.randomUUID()];
    const row = { id: mail, occasion: "hold_granted" as const, dedupeKey: `test:${mail}`, subscriberId };
    await insertMessages(trx, [row], { at, businessOn: today, by: "Scheduler" });
    await trx.updateTable("mail_messages").set({
      state: "sent",
      address: known.email,
      subject: `For ${known.name}`,
      server_words: `250 to ${known.email}`,
      sent_at: at,
    }).where("tenant_id", "=", isp.tenantId).where("id", "=", mail).execute();
    await insertSystemLog(trx, {
      at,
      level: "warn",
      event: "mail_failed",
      source: "mail",
      message: `The mail to ${known.email} was not delivered`,
      fields: { to: known.email, phone: known.phone },
    });
    await trx.insertInto("mail_refusals").values({
      tenant_id: isp.tenantId,
      address_lower: known.email.toLowerCase(),
      kind: "hard",
      source: "server",
      status: null,
      words: `550 no such user ${known.email}`,
      message_id: mail,
      refused_at: at,
    }).execute();
    await trx.insertInto("staff_users").values({
      id: staff,
      email: `staff-${staff.slice(0, 8)}@example.test`,
      name: "Staff",
      password_hash: "x",
    }).execute();
    await trx.insertInto("staff_memberships").values({ tenant_id: isp.tenantId, staff_user_id: staff })
      .execute();
    await trx.insertInto("staff_preferences").values({
      tenant_id: isp.tenantId,
      staff_user_id: staff,
      name: "undo_contact",
      value: JSON.stringify({ subscriberId, fields: known }),
      changed_at: at,
    }).execute();
    await trx.insertInto("saved_views").values({
      tenant_id: isp.tenantId,
      id: crypto.randomUUID(),
      staff_user_id: staff,
      list: "subscribers",
      name: `About ${known.name}`.slice(0, 60),
      query: new URLSearchParams({ q: known.name }).toString(),
      created_at: at,
    }).execute();
  });
}

/** The PPP user that such people get: their name, without its spaces. */
export function pppOf({ name }: Known): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ".").slice(0, 40) + "-net";
}

/** Ends the connection of somebody and settles what they owe. */
export async function leave(isp: Isp, n: number): Promise<void> {
  const end = { lastDay: todayOf(isp), unused: "no_credit" as const };
  const subscriptionId = isp.subscriptionIds[n]!;
  const { netCentavos } = await isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, subscriptionId))!;
    return assertOk(
      await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, end),
    );
  });
  assertOk(
    await endConnection(isp.context, isp.tenantId, isp.actor, { ...end, subscriptionId, netCentavos }),
  );
  const { receivableCentavos } = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  if (receivableCentavos > 0n) await pay(isp, n, Number(receivableCentavos) / 100);
}

/** Every row of every table of the database, as text: what somebody finds who has a copy of it. */
export async function everyRow(database: TestDatabase): Promise<Map<string, string>> {
  const tables = await asSuperuserQuery<{ name: string }>(
    database,
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  const rows = new Map<string, string>();
  for (const { name } of tables) {
    const found = await asSuperuserQuery<{ text: string | null }>(
      database,
      `select string_agg(t::text, E'\\n' order by t::text) as text from public.${name} t`,
    );
    rows.set(name, found[0]?.text ?? "");
  }
  return rows;
}
