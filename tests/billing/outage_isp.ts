import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type OutageInput, recordOutage } from "@/web/services/billing/record_outage.ts";
import type { Isp } from "./isp.ts";

/** A moment in Manila. */
export function local(text: string, zone = "Asia/Manila"): Temporal.Instant {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
}

/** Records an outage of the whole company, or as it is said. */
export async function out(
  isp: Isp,
  from: string,
  to: string | null,
  said: Partial<OutageInput> & { zone?: string } = {},
): Promise<string> {
  const id = uuidv7(isp.clock.now().epochMilliseconds);
  const { zone, ...input } = said;
  assertOk(
    await recordOutage(isp.context, isp.tenantId, isp.actor, {
      id,
      from: local(from, zone),
      to: to === null ? null : local(to, zone),
      cause: "Fiber cut at the bridge",
      kind: "fault",
      scope: "company",
      siteId: null,
      routerId: null,
      pppNames: [],
      ...input,
    }),
  );
  return id;
}

/** Lets the company give credit by itself, ask, or not; or changes its threshold. */
export async function set(
  isp: Isp,
  columns: {
    outage_credit?: "automatic" | "ask" | "off";
    outage_threshold_minutes?: number;
    time_zone?: string;
  },
): Promise<void> {
  await isp.run((trx) => trx.updateTable("tenants").set(columns).where("id", "=", isp.tenantId).execute());
}

/** Outage memos of a connection: `01-01 part 1: 2160 min 5000`, in centavos; those that were voided behind a minus. */
export async function credits(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("outage_credits as g")
      .innerJoin("credit_memos as m", (join) =>
        join.onRef("m.tenant_id", "=", "g.tenant_id").onRef("m.id", "=", "g.memo_id"))
      .select([
        "g.period_start",
        "g.part",
        "g.minutes",
        "g.amount_centavos",
        "m.amount_centavos as memo",
        "m.voided_at",
        "m.kind",
      ])
      .where("g.tenant_id", "=", isp.tenantId).where("g.subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("g.period_start").orderBy("g.part").execute()
  );
  return rows.map((row) => {
    assert.equal(row.kind, "outage");
    assert.equal(row.memo, row.amount_centavos);
    const sign = row.voided_at === null ? "" : "-";
    return `${
      row.period_start.toString().slice(5)
    } part ${row.part}: ${row.minutes} min ${sign}${row.amount_centavos}`;
  });
}
