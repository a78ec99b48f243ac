import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { type RulesJson, rulesJson } from "./own_rules.ts";

/** A bill that may cost a late fee, with what was owed on it when that began, as the books know it now. */
export interface LateBillRow {
  id: string;
  subscriber_id: string;
  subscription_id: string;
  number: string;
  due_on: Temporal.PlainDate;
  late_fee_on: Temporal.PlainDate;
  late_fee_centavos: bigint | null;
  late_fee_bp: number | null;
  late_fee_look_on: Temporal.PlainDate | null;
  /** Of the open dispute. */
  disputed_centavos: bigint;
  /** Unpaid on the day before its fee, of what is no fee and of what is one. */
  owed_centavos: bigint;
  owed_fees_centavos: bigint;
  /** What is no fee asked for when it was issued, and in it the VAT that came on top. */
  charged_centavos: bigint;
  vat_on_top_centavos: bigint;
  /** Given back of it as a correction, and spent elsewhere since it was paid already. */
  corrected_centavos: bigint;
  /** The fee that stands. */
  fee_bill_id: string | null;
  fee_centavos: bigint | null;
  /** Rules of its plan and its own, for the fee's own due date. */
  plan_rules: RulesJson;
  own_rules: RulesJson;
}

/**
 * Chooses bills that the run looks at by a day and locks their subscribers, in the order of subscribers. Those that
 * another transaction has are passed over; `wait` asks for them too.
 */
export async function claimLateBills(
  trx: TenantTransaction,
  { on, limit, after, wait }: {
    on: Temporal.PlainDate;
    limit: number;
    /** The last one that was claimed. */
    after: ClaimedLateBill | null;
    wait: boolean;
  },
): Promise<ClaimedLateBill[]> {
  const { rows } = await sql<ClaimedLateBill>`
    select b.id, b.subscriber_id, b.subscription_id from bills b
    join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
    where b.tenant_id = ${trx.tenantId} and b.late_fee_look_on <= ${on} and ${behind(after)}
    order by b.subscriber_id, b.id limit ${limit} for no key update of s ${wait ? sql`` : sql`skip locked`}`
    .execute(trx);
  return rows;
}

export interface ClaimedLateBill {
  id: string;
  subscriber_id: string;
  subscription_id: string;
}

/**
 * The same of bills on which nothing is owed by now, many at a time: each with whether its subscriber is locked by this.
 * Those that another transaction has are passed over.
 */
export async function claimPaidBills(
  trx: TenantTransaction,
  { on, limit, after }: { on: Temporal.PlainDate; limit: number; after: PaidLateBill | null },
): Promise<PaidLateBill[]> {
  const { rows } = await sql<PaidLateBill>`
    with next as materialized (select b.tenant_id, b.id, b.subscriber_id from bills b
      where b.tenant_id = ${trx.tenantId} and b.late_fee_look_on <= ${on} and b.paid_centavos = b.total_centavos
        and ${behind(after)} order by b.subscriber_id, b.id limit ${limit}),
    locked as materialized (select n.id from next n cross join lateral (select s.id from subscribers s
      where s.tenant_id = n.tenant_id and s.id = n.subscriber_id for no key update skip locked) s)
    select n.id, n.subscriber_id, n.id in (select id from locked) as is_locked from next n
    order by n.subscriber_id, n.id`.execute(trx);
  return rows;
}

export interface PaidLateBill extends Omit<ClaimedLateBill, "subscription_id"> {
  is_locked: boolean;
}

function behind(after: Pick<ClaimedLateBill, "id" | "subscriber_id"> | null) {
  return after === null
    ? sql`true`
    : sql`(b.subscriber_id, b.id) > (${after.subscriber_id}::uuid, ${after.id}::uuid)`;
}

/** Bills of which. `lookedOn`: those that the run looks at by a day; of all of them, only those that may cost something. */
export type WhichLateBills =
  | { billIds: readonly string[]; lookedOn: Temporal.PlainDate }
  | { subscriberId: string; begunOn: Temporal.PlainDate }
  | { subscriptionId: string; lookedOn: Temporal.PlainDate }
  | { lookedOn: Temporal.PlainDate };

/**
 * Live bills with what was owed on them when their fee began. What a source paid counts as in time when it was received
 * before that day, however late it was recorded; a correction of the bill counts whenever it was given, for what it takes
 * off was never owed. Fees and what the credit lines of the same bill took off are left out.
 */
export async function listLateBills(trx: TenantTransaction, which: WhichLateBills): Promise<LateBillRow[]> {
  const { rows } = await sql<LateBillRow>`
    select b.id, b.subscriber_id, b.subscription_id, b.number, b.due_on, b.late_fee_on, b.late_fee_centavos,
      b.late_fee_bp, b.late_fee_look_on, b.disputed_centavos, owed.charges as owed_centavos, owed.fees as owed_fees_centavos,
      owed.charged as charged_centavos, case b.tax_mode when 'vat_exclusive' then owed.vat else 0 end as vat_on_top_centavos,
      ${SPENT_ELSEWHERE} as corrected_centavos,
      f.fee_bill_id, f.amount_centavos as fee_centavos, ${rulesJson("p")} as plan_rules, ${
    rulesJson("c")
  } as own_rules
    from bills b
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    left join lateral (select f.fee_bill_id, f.amount_centavos from late_fees f where f.tenant_id = b.tenant_id
      and f.bill_id = b.id and f.ended_at is null limit 1) f on true
    cross join lateral (
      select coalesce(sum(l.open) filter (where l.is_charge), 0)::bigint as charges,
        coalesce(sum(l.open) filter (where not l.is_charge), 0)::bigint as fees,
        coalesce(sum(l.amount_centavos) filter (where l.is_charge), 0)::bigint as charged,
        coalesce(sum(l.vat_centavos) filter (where l.is_charge), 0)::bigint as vat
      from (select l.amount_centavos, l.vat_centavos, l.amount_centavos - l.settled_centavos + coalesce((
            select sum(a.amount_centavos) from allocations a
            join credit_sources s on s.tenant_id = a.tenant_id and s.id = a.source_id
            where a.tenant_id = l.tenant_id and a.bill_id = l.bill_id and a.line_no = l.line_no
              and a.released_at is null and s.received_on >= b.late_fee_on
              and not exists (select from credit_memos m where m.tenant_id = a.tenant_id and m.id = a.source_id
                and m.bill_id = b.id and m.kind = 'correction')), 0) as open,
          l.kind in ('recurring', 'one_time', 'opening') as is_charge
        from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id and l.amount_centavos > 0) l) owed
    where b.tenant_id = ${trx.tenantId} and b.status = 'issued' and not b.is_imported and ${condition(which)}
    order by b.subscriber_id, b.id`.execute(trx);
  return rows;
}

/**
 * Paid in full before its fee began, by payments of before that day that never left it, with nothing given back or in
 * dispute. So it was with most bills whose day has come, and {@linkcode listLateBills} would say of each, line by line,
 * that nothing was owed. Whatever else happened to a bill is judged; a test compares both.
 */
const PLAINLY_PAID =
  sql`(b.paid_centavos = b.total_centavos and b.total_centavos > 0 and b.disputed_centavos = 0
  and not exists (select from allocations a join credit_sources s on s.tenant_id = a.tenant_id and s.id = a.source_id
    where a.tenant_id = b.tenant_id and a.bill_id = b.id
      and (a.released_at is not null or s.kind <> 'payment' or s.received_on >= b.late_fee_on) offset 0)
  and not exists (select from credit_memos m where m.tenant_id = b.tenant_id and m.subscriber_id = b.subscriber_id
    and m.bill_id = b.id offset 0))`;

const SPENT_ELSEWHERE = sql`coalesce((select sum(m.amount_centavos - coalesce((
    select sum(a.amount_centavos) from allocations a where a.tenant_id = m.tenant_id and a.source_id = m.id
      and a.bill_id = b.id and a.released_at is null), 0))
  from credit_memos m where m.tenant_id = b.tenant_id and m.subscriber_id = b.subscriber_id and m.bill_id = b.id
    and m.kind = 'correction' and m.voided_at is null), 0)::bigint`;

function condition(which: WhichLateBills) {
  if ("subscriberId" in which) {
    return sql`b.subscriber_id = ${which.subscriberId} and b.late_fee_on <= ${which.begunOn}`;
  }
  const looked = sql`b.late_fee_look_on <= ${which.lookedOn}`;
  if ("billIds" in which) return sql`b.id = any(${[...which.billIds]}::uuid[]) and ${looked}`;
  return "subscriptionId" in which
    ? sql`b.subscription_id = ${which.subscriptionId} and ${looked}`
    : sql`${looked} and not ${PLAINLY_PAID}`;
}

/** Of bills whose subscribers are locked, the run has looked at those that were {@linkcode PLAINLY_PAID} before their fee. */
export async function updateLookedIfPaid(
  trx: TenantTransaction,
  billIds: readonly string[],
  on: Temporal.PlainDate,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`update bills b set late_fee_look_on = null
    where b.tenant_id = ${trx.tenantId} and b.id = any(${[
    ...billIds,
  ]}::uuid[]) and b.late_fee_look_on <= ${on}
      and b.status = 'issued' and not b.is_imported and ${PLAINLY_PAID} returning b.id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** The run has looked at these bills: nothing is to be looked for until something changes. */
export async function updateLooked(
  trx: TenantTransaction,
  billIds: readonly string[],
  on: Temporal.PlainDate,
): Promise<void> {
  if (billIds.length === 0) return;
  await sql`update bills set late_fee_look_on = null where tenant_id = ${trx.tenantId}
    and id = any(${[...billIds]}::uuid[]) and late_fee_look_on <= ${on}`.execute(trx);
}

/** The run looks at a bill again; from a day on it costs, where that is given. */
export async function updateLookAgain(
  trx: TenantTransaction,
  billId: string,
  on: Temporal.PlainDate,
): Promise<void> {
  await trx.updateTable("bills").set({ late_fee_on: on, late_fee_look_on: on })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", billId).where("late_fee_on", "is not", null)
    .execute();
}

/** A fee with its late bill. */
export interface NewLateFee {
  fee_bill_id: string;
  bill_id: string;
  principal_centavos: bigint;
  amount_centavos: bigint;
  charged_on: Temporal.PlainDate;
}

/** Notes the late bill of each fee; the database takes one that stands for each bill. */
export async function insertLateFees(trx: TenantTransaction, fees: readonly NewLateFee[]): Promise<void> {
  if (fees.length === 0) return;
  await trx.insertInto("late_fees").values(fees.map((fee) => ({ ...fee, tenant_id: trx.tenantId })))
    .execute();
}

/** Ends a fee. False: it had ended. */
export async function updateLateFeeEnded(
  trx: TenantTransaction,
  feeBillId: string,
  ended: { ended_at: Temporal.Instant; ended_why: "in_time" | "bill_void" },
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("late_fees").set(ended)
    .where("tenant_id", "=", trx.tenantId).where("fee_bill_id", "=", feeBillId).where("ended_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Fees whose bill, or the bill that they are for, is void. */
export async function updateLateFeesOfVoid(
  trx: TenantTransaction,
  billIds: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (billIds.length === 0) return;
  await sql`update late_fees set ended_at = ${at}, ended_why = 'bill_void' where tenant_id = ${trx.tenantId}
    and ended_at is null and (fee_bill_id = any(${[...billIds]}::uuid[]) or bill_id = any(${[
    ...billIds,
  ]}::uuid[]))`
    .execute(trx);
}

/** Bills whose day has not come by a clock that is believed are looked at on it, whatever a wrong one has done. */
export async function updateLooksToCome(trx: TenantTransaction, today: Temporal.PlainDate): Promise<void> {
  await sql`update bills set late_fee_look_on = late_fee_on where tenant_id = ${trx.tenantId}
    and late_fee_on > ${today} and late_fee_look_on is null and status = 'issued' and not is_imported`
    .execute(trx);
}

/** The fee that stands for a bill. */
export async function findLateFeeOf(
  trx: TenantTransaction,
  billId: string,
): Promise<{ fee_bill_id: string; number: string; total_centavos: bigint } | null> {
  return await trx.selectFrom("late_fees as f").innerJoin(
    "bills as b",
    (join) => join.onRef("b.tenant_id", "=", "f.tenant_id").onRef("b.id", "=", "f.fee_bill_id"),
  ).select(["f.fee_bill_id", sql<string>`b.number`.as("number"), "b.total_centavos"])
    .where("f.tenant_id", "=", trx.tenantId).where("f.bill_id", "=", billId).where("f.ended_at", "is", null)
    .executeTakeFirst() ?? null;
}
