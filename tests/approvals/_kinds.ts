import { sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { type Isp, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { ApprovalKindId } from "@/web/domain/approvals/mod.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { momentOf } from "@/web/services/approvals/kind.ts";
import { type InputOf, kindOf } from "@/web/services/approvals/registry.ts";
import { agreeOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { planVersion, updatePlan } from "@/web/services/billing/save_plan.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { Actor } from "@/web/services/context.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { archiveRouter } from "@/web/services/network/archive_router.ts";
import { removeSite } from "@/web/services/network/remove_site.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { useCaseIn } from "@/web/services/use_case.ts";
import { insertSite } from "@/web/store/network/sites.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findRequest } from "@/web/store/approvals/requests.ts";

/** Kinds that change something, beside those that have tests of their own. */
export type OtherKind = Exclude<
  ApprovalKindId,
  "service_end" | "full_export" | "mail_keys" | "cut_now"
>;

type Done = Promise<{ ok: true; value: unknown } | { ok: false; code: string; values: unknown }>;

/** An operation of a kind on the provider of a test. */
export interface KindCase<K extends OtherKind> {
  permission: Permission;
  /** Makes what it is about; answers the same input on the same provider. */
  input(isp: Isp): Promise<InputOf<K>>;
  /** The use case that does it without asking. */
  direct(isp: Isp, actor: Actor, input: InputOf<K>): Done;
  /** What somebody else does meanwhile, and what whoever approves is told then. */
  meanwhile: { change(isp: Isp, input: InputOf<K>): Promise<unknown>; code: string };
}

/** One for each kind: a kind that is added has to be added here. */
export const CASES: { [K in OtherKind]: KindCase<K> } = {
  refund: {
    permission: "refund:post",
    input: async (isp) => {
      await pay(isp, 0, 1400);
      return {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(400_00n),
        method: "gcash",
        reference: "GC-778",
        reason: "Paid too much",
        idempotencyKey: "refund-of-a-test-0001",
      };
    },
    direct: (isp, actor, input) => refundCredit(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) =>
        refundCredit(isp.context, isp.tenantId, isp.actor, {
          ...input,
          amountCentavos: centavos(100_00n),
          idempotencyKey: "refund-of-a-test-0002",
        }),
      code: "refund_above_credit",
    },
  },
  write_off: {
    permission: "memo:write_off",
    input: async (isp) => {
      const bill = await billOf(isp, 1);
      return {
        subscriberId: isp.subscriberIds[1]!,
        kind: "write_off",
        billId: bill.id,
        amountCentavos: centavos(bill.total_centavos),
        reason: "Moved away",
        idempotencyKey: "memo-of-a-test-0001",
      };
    },
    direct: (isp, actor, input) => issueMemo(isp.context, isp.tenantId, actor, input),
    meanwhile: { change: (isp) => pay(isp, 1, 250), code: "owed_changed" },
  },
  credit_memo: {
    permission: "memo:post",
    input: async (isp) => ({
      subscriberId: isp.subscriberIds[1]!,
      kind: "goodwill",
      billId: (await billOf(isp, 1)).id,
      amountCentavos: centavos(900_00n),
      reason: "Noise on the line",
      idempotencyKey: "memo-of-a-test-0001",
    }),
    direct: (isp, actor, input) => issueMemo(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) =>
        issueMemo(isp.context, isp.tenantId, isp.actor, { ...input, idempotencyKey: "memo-of-a-test-0002" }),
      code: "memo_above_bill",
    },
  },
  bill_void: {
    permission: "bill:void",
    input: async (isp) => ({ billId: (await billOf(isp, 1)).id, reason: "Wrong plan", periods: "never" }),
    direct: (isp, actor, input) => voidBill(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) => voidBill(isp.context, isp.tenantId, isp.actor, input),
      code: "already_void",
    },
  },
  payment_reversal: {
    permission: "payment:reverse",
    input: async (isp) => ({ paymentId: (await pay(isp, 1, 1300)).paymentId, reason: "Check bounced" }),
    direct: (isp, actor, input) => reversePayment(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) => reversePayment(isp.context, isp.tenantId, isp.actor, input),
      code: "already_reversed",
    },
  },
  own_price: {
    permission: "plan:write",
    input: (isp) =>
      Promise.resolve({
        subscriptionId: isp.subscriptionIds[1]!,
        kind: "amount_off",
        amountCentavos: centavos(200_00n),
        basisPoints: 0,
        startOn: null,
        lastOn: null,
        periods: null,
        reason: "Old customer",
      }),
    direct: (isp, actor, input) => agreeOwnPrice(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, { subscriptionId }) =>
        isp.run((trx) =>
          trx.updateTable("subscriptions").set({ status: "cancelled" })
            .where("tenant_id", "=", isp.tenantId).where("id", "=", subscriptionId).execute()
        ),
      code: "subscription_not_found",
    },
  },
  plan_price: {
    permission: "plan:write",
    input: async (isp) => {
      const plan = (await isp.run((trx) => findPlan(trx, isp.planId)))!;
      return {
        planId: plan.id,
        name: plan.name,
        priceCentavos: centavos(1200_00n),
        pppProfile: plan.ppp_profile,
        speed: plan.speed,
        priceFromOn: null,
        seen: planVersion(plan),
      };
    },
    direct: (isp, actor, input) => updatePlan(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) =>
        updatePlan(isp.context, isp.tenantId, isp.actor, { ...input, priceCentavos: centavos(1100_00n) }),
      code: "row_changed",
    },
  },
  suspension: {
    permission: "subscription:suspend",
    input: (isp) =>
      Promise.resolve({ subscriptionId: isp.subscriptionIds[2]!, reason: "abuse", note: "Sells it on" }),
    direct: (isp, actor, input) => suspendSubscription(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) => suspendSubscription(isp.context, isp.tenantId, isp.actor, input),
      code: "already_suspended",
    },
  },
  router_removal: {
    permission: "router:write",
    input: async (isp) => {
      const id = uuidv7(isp.clock.now().epochMilliseconds);
      await isp.run((trx) =>
        sql`insert into routers (tenant_id, id, site_id, name, host, port, username, sealed_credentials,
            sealed_to_agent_id)
          select tenant_id, ${id}, site_id, 'Spare', '192.0.2.9', port, username, sealed_credentials,
            sealed_to_agent_id from routers where tenant_id = ${isp.tenantId} limit 1`.execute(trx)
      );
      return { routerId: id };
    },
    direct: (isp, actor, input) => archiveRouter(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) => archiveRouter(isp.context, isp.tenantId, isp.actor, input),
      code: "router_not_found",
    },
  },
  site_removal: {
    permission: "site:write",
    input: async (isp) => {
      const id = uuidv7(isp.clock.now().epochMilliseconds);
      await isp.run((trx) => insertSite(trx, { id, name: "Old tower", created_at: isp.clock.now() }));
      return { siteId: id };
    },
    direct: (isp, actor, input) => removeSite(isp.context, isp.tenantId, actor, input),
    meanwhile: {
      change: (isp, input) => removeSite(isp.context, isp.tenantId, isp.actor, input),
      code: "site_not_found",
    },
  },
};

/** Every kind of them, by its name. */
export const OTHER_KINDS = Object.keys(CASES) as OtherKind[];

async function billOf(isp: Isp, n: number) {
  return await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).where("status", "=", "issued").orderBy("issued_on")
      .executeTakeFirstOrThrow()
  );
}

/** Tables of money, service and network: what an approval is about. */
const TABLES = [
  "ledger_transactions",
  "ledger_entries",
  "bills",
  "bill_lines",
  "charged_periods",
  "credit_memos",
  "credit_sources",
  "refunds",
  "refund_shares",
  "payments",
  "allocations",
  "plans",
  "plan_prices",
  "subscription_prices",
  "subscriptions",
  "block_reasons",
  "desired_secrets",
  "routers",
  "sites",
] as const;

/** Everything of money, service and network, without ids, times and people: the same for two that did the same. */
export async function booksOf(isp: Isp): Promise<string> {
  const all: string[] = [];
  for (const table of TABLES) {
    const { rows } = await isp.run((trx) =>
      sql<{ row: string }>`
        select (select jsonb_object_agg(k, v)::text from jsonb_each(to_jsonb(t)) as e (k, v)
          where k !~ '(^id|_id|_at|_by|actor|_key|hash|generation|sequence|settings_version)$'
            and not (${table} = 'routers' and k = 'name')) as row
        from ${sql.table(table)} t where tenant_id = ${isp.tenantId}`.execute(trx)
    );
    // Bills of one run take their numbers in the order of ids, and an archived router has its own in its name.
    const same = rows.map(({ row }) =>
      row.replace(/SOA-\d+/g, "SOA").replace(/\((archived|removed) \w+\)/g, "($1)")
    );
    all.push(`${table}\n${same.sort().join("\n")}`);
  }
  return all.join("\n");
}

/** Asks for an operation, or does it. */
export async function ask<K extends OtherKind>(isp: Isp, who: Actor, kind: K, input: InputOf<K>) {
  return await askOrRun(isp.context, isp.tenantId, who, { kind, input, reason: "Please look" });
}

/** Id of a request that was asked for. */
export async function askedFor<K extends OtherKind>(isp: Isp, who: Actor, kind: K, input: InputOf<K>) {
  const outcome = assertOk(await ask(isp, who, kind, input));
  if (outcome.outcome !== "asked") throw new Error(`Cannot go on: ${kind} was ${outcome.outcome}`);
  return outcome.requestId;
}

/** What the page of a request shows now: its effects and their hash; empty where it is not possible. */
export async function look(isp: Isp, requestId: string) {
  return await isp.run(async (trx) => {
    const row = (await findRequest(trx, requestId))!;
    const kind = kindOf(row.kind as ApprovalKindId);
    const useCase = await useCaseIn(trx, isp.context, { actor: isp.actor, touched: new Set() });
    const preview = await kind.preview(momentOf(useCase), kind.input.parse(row.input));
    return {
      row,
      seen: preview.ok ? preview.value.seen : "",
      effects: preview.ok ? preview.value.effects : [],
      problem: preview.ok ? null : preview.code,
    };
  });
}
