import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { todayOf } from "../isp.ts";
import type {
  Life,
  LifeBill,
  LifeConnection,
  LifeLateFee,
  LifeMoney,
  LifePeriod,
  MoneyEvent,
  Off,
  OwnAgreed,
} from "./life_types.ts";
import type { PgLife } from "./pg_life.ts";
import { dayOf } from "./pure_connection.ts";

type Row = Record<string, string | null>;

/** What the database says of each subscriber, for the judge. */
export async function toldOf(life: PgLife): Promise<Life[]> {
  const { isp } = life;
  const rows = await isp.run(async (trx) => {
    const ask = async (query: ReturnType<typeof sql<Row>>) => (await query.execute(trx)).rows;
    const id = isp.tenantId;
    return {
      connections: await ask(
        sql<Row>`select id::text, subscriber_id::text, activated_on::text, billed_through_on::text
        from subscriptions where tenant_id = ${id} order by id`,
      ),
      offs: await ask(sql<Row>`select subscription_id::text, reason, added_on::text, removed_on::text
        from block_reasons where tenant_id = ${id} order by added_on, id`),
      periods: await ask(
        sql<Row>`select p.subscription_id::text, p.period_start::text, p.period_end::text, p.state, p.why,
        b.number, p.first_billed_on::text from charged_periods p
        left join bills b on b.tenant_id = p.tenant_id and b.id = p.bill_id
        where p.tenant_id = ${id} order by p.period_start`,
      ),
      bills: await ask(
        sql<
          Row
        >`select number, subscriber_id::text, subscription_id::text, issued_on::text, due_on::text, kind,
        vat_centavos::text, period_start::text, period_end::text, total_centavos::text, paid_centavos::text, status,
        (voided_at at time zone 'Asia/Manila')::date::text as voided_on from bills where tenant_id = ${id} order by number`,
      ),
      lines: await ask(
        sql<Row>`select b.number, l.subscription_id::text, l.period_start::text, l.period_end::text,
        l.amount_centavos::text, l.vat_centavos::text, l.kind from bill_lines l join bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id
        where l.tenant_id = ${id} order by b.number, l.line_no`,
      ),
      shares: await ask(
        sql<
          Row
        >`select a.source_id::text, b.number, b.subscriber_id::text, sum(a.amount_centavos)::text as amount
        from allocations a join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
        where a.tenant_id = ${id} and a.released_at is null group by 1, 2, 3`,
      ),
      credit: await ask(
        sql<Row>`select subscriber_id::text, sum(amount_centavos - used_centavos)::text as amount
        from credit_sources where tenant_id = ${id} and ended_at is null group by 1`,
      ),
      own: await ask(
        sql<Row>`select subscription_id::text, agreed_on::text, from_on::text, last_on::text, is_by_day::text,
        only_plan_id::text, kind, amount_centavos::text, basis_points::text from subscription_prices
        where tenant_id = ${id} and taken_back_at is null order by from_on`,
      ),
      disputes: await ask(
        sql<
          Row
        >`select b.number, b.subscriber_id::text, d.amount_centavos::text, d.opened_on::text, d.decided_on::text,
        row_number() over (partition by d.bill_id order by d.opened_at, d.id)::text as nth
        from disputes d join bills b on b.tenant_id = d.tenant_id and b.id = d.bill_id where d.tenant_id = ${id}`,
      ),
      fees: await ask(
        sql<
          Row
        >`select b.number, fee.number as fee_number, b.subscriber_id::text, f.ended_at::text from late_fees f
        join bills b on b.tenant_id = f.tenant_id and b.id = f.bill_id
        join bills fee on fee.tenant_id = f.tenant_id and fee.id = f.fee_bill_id where f.tenant_id = ${id}`,
      ),
      ledger: await ask(sql<Row>`select subscriber_id::text, account, sum(amount_centavos)::text as amount
        from ledger_entries where tenant_id = ${id} group by 1, 2`),
    };
  });
  const isOnTop = life.settings.tax === "vat_exclusive";
  const bills = rows.bills.map((row): LifeBill & { subscriber: string; paid: bigint } => {
    const lines = rows.lines.filter(({ number }) => number === row["number"]);
    const periods = rows.periods.filter(({ number }) => number === row["number"]);
    return {
      id: row["number"]!,
      subscriber: row["subscriber_id"]!,
      paid: BigInt(row["paid_centavos"]!),
      connection: row["subscription_id"]!,
      issuedOn: dayOf(row["issued_on"]!),
      dueOn: dayOf(row["due_on"]!),
      from: dayOf(row["period_start"]!),
      until: dayOf(row["period_end"]!),
      total: BigInt(row["total_centavos"]!),
      vat: BigInt(row["vat_centavos"]!),
      isLateFee: row["kind"] === "late_fee",
      lines: lines.map((line) => ({
        connection: line["subscription_id"]!,
        from: dayOf(line["period_start"]!),
        until: dayOf(line["period_end"]!),
        amount: BigInt(line["amount_centavos"]!) - (isOnTop ? BigInt(line["vat_centavos"]!) : 0n),
        vat: BigInt(line["vat_centavos"]!),
        isFee: line["kind"] === "late_fee" || line["kind"] === "reconnection_fee",
      })),
      isAgain: periods.some((period) => period["first_billed_on"]! < row["issued_on"]!),
      isVoid: row["status"] === "void",
      voidedOn: row["voided_on"] === null ? null : dayOf(row["voided_on"]!),
    };
  });
  const allLegs = rows.ledger.reduce((sum, { amount }) => sum + BigInt(amount!), 0n);
  return isp.subscriberIds.map((subscriber): Life => {
    const own = bills.filter((bill) => bill.subscriber === subscriber);
    const sumOf = (account: string) =>
      BigInt(
        rows.ledger.find((row) => row["subscriber_id"] === subscriber && row["account"] === account)
          ?.["amount"] ?? 0,
      );
    const money: LifeMoney = {
      balances: new Map(own.map((bill) => [bill.id, bill.isVoid ? 0n : centavos(bill.total - bill.paid)])),
      credit: BigInt(rows.credit.find((row) => row["subscriber_id"] === subscriber)?.["amount"] ?? 0),
      shares: rows.shares.filter((row) => row["subscriber_id"] === subscriber).map((row) => ({
        source: row["source_id"]!,
        bill: row["number"]!,
        amount: BigInt(row["amount"]!),
      })),
      receivable: sumOf("receivable"),
      subscriberCredit: sumOf("subscriber_credit"),
      allLegs,
    };
    const events = life.events.get(subscriber)!;
    const charged = life.charged.get(subscriber)!;
    return {
      settings: life.settings,
      today: dayOf(todayOf(isp)),
      prices: life.prices,
      connections: rows.connections.filter((row) => row["subscriber_id"] === subscriber)
        .map((row) => connectionOf(life, row, rows)),
      bills: own,
      events,
      disputes: rows.disputes.filter((row) => row["subscriber_id"] === subscriber).map((row) => ({
        bill: row["number"]!,
        amount: BigInt(row["amount_centavos"]!),
        openedOn: dayOf(row["opened_on"]!),
        decidedOn: row["decided_on"] === null ? null : dayOf(row["decided_on"]!),
        ...life.disputes.get(row["number"]!)![Number(row["nth"]) - 1]!,
      })),
      lateFees: {
        fees: rows.fees.filter((row) => row["subscriber_id"] === subscriber)
          .map((row) => lateFeeOf(events, row)),
        chargedAt: charged.at,
        chargedOn: charged.on,
      },
      minBalance: 100n,
      money,
    };
  });
}

/** A fee ends with its bill, or with the memo that gives back what it has left. */
function lateFeeOf(events: readonly MoneyEvent[], row: Row): LifeLateFee {
  const feeBill = row["fee_number"]!;
  const endedAt = events.findLastIndex((event) =>
    event.do === "void" && event.id === feeBill || event.do === "memo" && event.target === feeBill
  );
  return { bill: row["number"]!, feeBill, isEnded: row["ended_at"] !== null, endedAt };
}

function connectionOf(
  life: PgLife,
  row: Row,
  { offs, periods, own }: Record<"offs" | "periods" | "own", readonly Row[]>,
): LifeConnection {
  const id = row["id"]!;
  return {
    id,
    activatedOn: dayOf(row["activated_on"]!),
    billedThrough: row["billed_through_on"] === null ? null : dayOf(row["billed_through_on"]!),
    given: life.given.get(id)!,
    own: own.filter((one) => one["subscription_id"] === id).map((one): OwnAgreed => ({
      on: dayOf(one["agreed_on"]!),
      from: dayOf(one["from_on"]!),
      last: one["last_on"] === null ? null : dayOf(one["last_on"]!),
      isByDay: one["is_by_day"] === "true",
      plan: one["only_plan_id"]!,
      kind: one["kind"] as OwnAgreed["kind"],
      amount: BigInt(one["amount_centavos"]!),
      basisPoints: Number(one["basis_points"]!),
    })),
    offs: offs.filter((off) => off["subscription_id"] === id).map((off): Off => ({
      reason: off["reason"] as Off["reason"],
      from: dayOf(off["added_on"]!),
      until: off["removed_on"] === null ? null : dayOf(off["removed_on"]!),
    })),
    periods: periods.filter((period) => period["subscription_id"] === id).map((period): LifePeriod => ({
      from: dayOf(period["period_start"]!),
      until: dayOf(period["period_end"]!),
      state: period["state"] as LifePeriod["state"],
      bill: period["number"]!,
      why: period["why"]!,
      firstBilledOn: period["first_billed_on"] === null ? null : dayOf(period["first_billed_on"]!),
    })),
    // A cut that was nobody's fault, or whose day of money changes, is asked for by none: the books themselves are asked.
    waitingFees: null,
  };
}
