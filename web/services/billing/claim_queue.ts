import { claimDueSubscriptions, type DueSubscription } from "@/web/store/billing/bill_run.ts";
import { listPricedPlans } from "@/web/store/billing/plan_prices.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { toRecordset } from "@/web/store/db/recordset.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { BillPlanner } from "./bill_planner.ts";
import { toPricedPlan } from "./priced_plans.ts";
import type { UseCase } from "../use_case.ts";

/** Lets one worker claim at a time, each after what the one before has claimed. */
export class ClaimQueue {
  readonly run: RunRow;
  #limit: number;
  #only: readonly string[] | null;
  #afterId: string | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #planner: { planner: BillPlanner; settings: string } | null = null;

  /** @param options `only`: nobody but these, whoever else is due */
  constructor(run: RunRow, options: { limit: number; only: readonly string[] | null }) {
    this.run = run;
    this.#limit = options.limit;
    this.#only = options.only;
  }

  async claim(trx: TenantTransaction, wait: boolean): Promise<DueSubscription[]> {
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    await before;
    try {
      const due = await claimDueSubscriptions(
        trx,
        { id: this.run.id, businessOn: this.run.business_on },
        { limit: this.#limit, wait, afterId: this.#afterId, only: this.#only },
      );
      const last = due.at(-1);
      if (last !== undefined && !wait) this.#afterId = last.id;
      return due;
    } finally {
      turn.resolve();
    }
  }

  /** Of these, which were claimed before, those that are still due. */
  claimAgain(trx: TenantTransaction, ids: readonly string[]): Promise<DueSubscription[]> {
    const run = { id: this.run.id, businessOn: this.run.business_on };
    return claimDueSubscriptions(trx, run, { limit: ids.length, wait: true, afterId: null, only: ids });
  }

  /** One planner for the whole run, so that plans are shared; another one if a setting, price or the day changes meanwhile. */
  async plannerOf({ trx, tenant, business, at }: UseCase): Promise<BillPlanner> {
    const priced = await listPricedPlans(trx);
    const settings = toRecordset([{ ...tenant, today: business.today }, ...priced]);
    if (this.#planner?.settings !== settings) {
      const plans = new Map(priced.map((plan) => [plan.id, toPricedPlan(plan)]));
      const planner = new BillPlanner(tenant, { asOf: business.today, at }, plans);
      this.#planner = { planner, settings };
    }
    return this.#planner.planner;
  }
}
