import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { DEFAULT_PPP_SERVICE } from "@/shared/protocol/mod.ts";
import {
  forecastMoney,
  managedService,
  type MoneyForecast,
  type PlanAddition,
  type ProfileChoice,
} from "@/web/domain/imports/mod.ts";
import { type BilledPlan, findPlan, listBilledPlans } from "@/web/store/billing/plans.ts";
import { listPrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { type ImportRow, listImportRows } from "@/web/store/imports/import_rows.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { decideRows, planProblem } from "./import_plan.ts";
import { importSettings } from "./import_settings.ts";

/** What an import would do, in numbers and with reasons. */
export interface ImportForecast {
  created: number;
  /** Of the created: those that come in as disconnected, because the router has them disabled. */
  createdDisconnected: number;
  /** Of the created: those of other services than PPPoE, which the agent of the site does not manage until it is updated. */
  unmanaged: number;
  /** Subscriptions on this router already: nothing to do. */
  linked: number;
  skipped: { row: ImportRow; reason: Coded }[];
  /** Of the created: the last paid day of each one that comes in prepaid. */
  boughtUntil: Temporal.PlainDate[];
  /** What must be decided first; without any the import can be confirmed. */
  problems: Coded[];
}

const PAGE = 5_000;

/** Plays the import without writing. Null when there is no such batch. */
export async function dryRunImport(trx: TenantTransaction, batchId: string): Promise<ImportForecast | null> {
  return (await playImport(trx, batchId))?.forecast ?? null;
}

/** What an import would do, and what is billed a month before and after it. */
export interface ImportCheck {
  forecast: ImportForecast;
  money: MoneyForecast;
}

/** {@link dryRunImport} with the money: for the person who decides. */
export async function checkImport(trx: TenantTransaction, batchId: string): Promise<ImportCheck | null> {
  const played = await playImport(trx, batchId);
  if (played === null) return null;
  const plans = await listBilledPlans(trx);
  const additions = additionsOf(played.billed, new Map(plans.map((plan) => [plan.planId, plan])));
  return { forecast: played.forecast, money: forecastMoney(plans, additions) };
}

type Chosen = Exclude<ProfileChoice, { skip: true }>;

/** Connections that come in and are billed, by their plan, in the order in which they were met. */
function additionsOf(
  billed: ReadonlyMap<string, { choice: Chosen; added: number }>,
  plans: ReadonlyMap<string, BilledPlan>,
): PlanAddition[] {
  return [...billed.values()].flatMap(({ choice, added }): PlanAddition[] => {
    if ("newPlan" in choice) return [{ planId: null, ...choice.newPlan, added }];
    const plan = plans.get(choice.planId);
    return plan === undefined ? [] : [{ ...plan, added }];
  });
}

async function playImport(
  trx: TenantTransaction,
  batchId: string,
): Promise<{ forecast: ImportForecast; billed: Map<string, { choice: Chosen; added: number }> } | null> {
  const batch = await findImportBatch(trx, batchId);
  if (batch === null) return null;
  const settings = importSettings.parse(batch.settings);
  const forecast: ImportForecast = {
    created: 0,
    createdDisconnected: 0,
    unmanaged: 0,
    linked: 0,
    skipped: [],
    boughtUntil: [],
    problems: [],
  };
  const billed = new Map<string, { choice: Chosen; added: number }>();
  // The same problem of many rows is told once.
  const problems = new Map<string, Coded>();
  const add = (problem: Coded) => problems.set(formatCoded(problem), problem);
  if (batch.first_bill_on === null) add(coded("first_bill_missing"));
  for (const choice of settings.profiles) {
    const unfit = "planId" in choice ? await planProblem(trx, choice) : null;
    if (unfit !== null) add(unfit);
  }
  const sold = new SoldUnits(trx);
  const isAgentOld = await isAgentOldFor(trx, batch.router_id);
  let after = "";
  while (true) {
    const rows = await listImportRows(trx, batchId, { after, limit: PAGE });
    for (const { row, decision } of await decideRows(trx, { routerId: batch.router_id, settings }, rows)) {
      if (decision.action === "create") {
        forecast.created += 1;
        if (decision.isDisabled) forecast.createdDisconnected += 1;
        if (isAgentOld && managedService(row.service) !== DEFAULT_PPP_SERVICE) forecast.unmanaged += 1;
        if (row.prepaid_until_on !== null) {
          forecast.boughtUntil.push(row.prepaid_until_on);
          const unsold = await sold.problem(row, decision.choice);
          if (unsold !== null) add(unsold);
        } else if (!decision.isDisabled) {
          const { choice } = decision;
          const plan = "planId" in choice ? choice.planId : `new ${choice.newPlan.name}`;
          billed.set(plan, { choice, added: (billed.get(plan)?.added ?? 0) + 1 });
        }
      } else if (decision.action === "link") forecast.linked += 1;
      else if (decision.action === "skip") {
        forecast.skipped.push({ row, reason: decision.reason });
      } else add(decision.reason);
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.account_key ?? after;
  }
  forecast.problems = [...problems.values()];
  return { forecast, billed };
}

/** Whether the agent that looks after a router, as it last connected, takes every account for PPPoE. */
async function isAgentOldFor(trx: TenantTransaction, routerId: string): Promise<boolean> {
  const router = await findRouter(trx, routerId);
  const agent = router === null ? null : await findLiveAgent(trx, router.site_id);
  return agent?.tells_services_apart === false;
}

/** What the plans of a review sell up front, each read once and each thing that is missing told once. */
class SoldUnits {
  readonly #trx: TenantTransaction;
  readonly #byPlan = new Map<string, { name: string; units: Set<string> }>();
  readonly #told = new Set<string>();

  constructor(trx: TenantTransaction) {
    this.#trx = trx;
  }

  /** Why a row cannot buy again what its file says. A plan that the import makes sells it. */
  async problem(
    { ppp_name: ppp, prepaid_unit: unit, prepaid_count: count }: ImportRow,
    choice: Chosen,
  ): Promise<Coded | null> {
    if (!("planId" in choice) || unit === null || count === null) return null;
    const plan = await this.#plan(choice.planId);
    const key = `${choice.planId} ${unit} ${count}`;
    if (plan.units.has(`${unit} ${count}`) || this.#told.has(key)) return null;
    this.#told.add(key);
    return coded("bought_unit_not_sold", { plan: plan.name, unit, count, ppp });
  }

  async #plan(planId: string): Promise<{ name: string; units: Set<string> }> {
    const known = this.#byPlan.get(planId);
    if (known !== undefined) return known;
    const units = await listPrepaidUnits(this.#trx, planId);
    const plan = {
      name: (await findPlan(this.#trx, planId))?.name ?? "",
      units: new Set(units.map((one) => `${one.unit} ${one.count}`)),
    };
    this.#byPlan.set(planId, plan);
    return plan;
  }
}
