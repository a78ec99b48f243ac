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
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import { writeStaffFacts } from "@/web/domain/mail/staff.ts";
import { insertDecisionBatch } from "@/web/store/approvals/decision_batches.ts";
import { insertRequest } from "@/web/store/approvals/requests.ts";
import { insertStaffMessage } from "@/web/store/mail/staff_messages.ts";
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

/** Requests about somebody, decided a while ago, a mail of these, and what others wrote of them in places of their own. */
export async function askAbout(isp: Isp, n: number, known: Known): Promise<void> {
  const at = isp.clock.now();
  const about = `${known.name} of ${known.address} called from ${known.phone}`;
  const common = {
    input_version: 1,
    seen: "hash-of-what-was-seen",
    reason: about,
    asked_at: at,
    asked_by: "Cora Cruz",
    expires_at: at.add({ hours: 24 }),
    decided_at: at,
    decided_by: "Ana Reyes",
    note: `Told ${known.email}`,
    effects: JSON.stringify([formatCoded(coded("approval_reference", { reference: known.name }))]),
    amount_centavos: 400_00n,
  };
  const own = { ...common, subscriber_id: isp.subscriberIds[n]!, state: "approved", how: "person" } as const;
  const id = crypto.randomUUID();
  await isp.run(async (trx) => {
    await insertRequest(trx, {
      ...own,
      id,
      kind: "refund",
      subject_kind: "subscriber",
      subject_id: isp.subscriberIds[n]!,
      subject_label: `${known.name} Before-Marriage`,
      input: JSON.stringify({ amountCentavos: "40000", method: "gcash", reference: "GC-1", reason: about }),
    });
    await insertRequest(trx, {
      ...own,
      id: crypto.randomUUID(),
      kind: "bill_void",
      subject_kind: "bill",
      subject_id: crypto.randomUUID(),
      subject_label: `${known.name}, BILL-000123`,
      input: JSON.stringify({ reason: "Hers", periods: "never" }),
    });
    await insertRequest(trx, {
      ...own,
      id: crypto.randomUUID(),
      kind: "suspension",
      state: "failed",
      failure: formatCoded(coded("approval_reference", { reference: known.name })),
      subject_kind: "subscription",
      subject_id: isp.subscriptionIds[n]!,
      subject_label: `${known.name}, ${pppOf(known)}`,
      input: JSON.stringify({ reason: "abuse", note: about }),
    });
    await insertRequest(trx, {
      ...common,
      id: crypto.randomUUID(),
      kind: "own_price",
      state: "declined",
      subscriber_id: isp.subscriberIds[n + 1]!,
      subject_kind: "subscription",
      subject_id: isp.subscriptionIds[n + 1]!,
      subject_label: "A neighbour",
      input: JSON.stringify({ reason: `As for ${known.name}` }),
    });
    // Decided together with others, and not done yet.
    await insertDecisionBatch(trx, {
      id: crypto.randomUUID(),
      decision: "decline",
      note: `Not for ${known.name}`,
      shown: JSON.stringify([{ requestId: id, revision: 1, seen: "" }]),
      total: 1,
      created_at: common.asked_at,
      decided_by: "Ana Reyes",
    });
    const what = formatCoded(
      coded("approval_of", { what: coded("approval_kind_refund"), subject: known.name }),
    );
    const params = { what, requester: "Cora Cruz", reason: about, amountCentavos: 400_00n as Centavos };
    for (const subject of [`approval:${id}`, "approval:another"]) {
      await insertStaffMessage(trx, {
        id: crypto.randomUUID(),
        occasion: "approval_decided",
        dedupeKey: crypto.randomUUID(),
        staffUserId: null,
        name: "Cora Cruz",
        address: "cora@desk.example",
        facts: writeStaffFacts({
          occasion: "approval_decided",
          params: { ...params, decision: "approved", decider: "Ana Reyes", note: about },
        }, { path: null, language: "en", about: subject, goodUntil: null }),
        pathSealed: null,
      }, { at, businessOn: todayOf(isp), by: "Cora Cruz" });
    }
    await trx.updateTable("mail_messages").set({
      state: "sent",
      sent_at: at,
      subject: `Refund: ${known.name}`,
    })
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "is", null).execute();
    await trx.insertInto("audit_known_breaks").values({
      tenant_id: isp.tenantId,
      problem: "entry",
      sequence: 1n,
      print: "print",
      note: `Changed by hand for ${known.name}`,
      known_by: "Ana Reyes",
      known_at: at,
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
