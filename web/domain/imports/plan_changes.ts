/** What an import adds to one plan. */
export interface PlanAddition {
  /** Null: the import makes the plan. */
  planId: string | null;
  name: string;
  priceCentavos: bigint;
  /** Connections that come in and are billed. */
  added: number;
}

/** A plan before and after an import, as far as it is billed. */
export interface PlanChange {
  name: string;
  isNew: boolean;
  priceCentavos: bigint;
  before: number;
  after: number;
  beforeCentavos: bigint;
  afterCentavos: bigint;
}

/** Every plan that the import adds to, and all of them together with those that it leaves alone. */
export interface MoneyForecast {
  plans: PlanChange[];
  /** Of the whole company, a month. */
  total: Omit<PlanChange, "name" | "isNew" | "priceCentavos">;
}

/** What is billed a month before and after an import, from the connections that are billed now. */
export function forecastMoney(
  billed: readonly { planId: string; priceCentavos: bigint; connections: number }[],
  additions: readonly PlanAddition[],
): MoneyForecast {
  const now = new Map(billed.map((plan) => [plan.planId, plan.connections]));
  const plans = additions.map(({ planId, name, priceCentavos, added }): PlanChange => {
    const before = (planId === null ? undefined : now.get(planId)) ?? 0;
    return {
      name,
      isNew: planId === null,
      priceCentavos,
      before,
      after: before + added,
      beforeCentavos: priceCentavos * BigInt(before),
      afterCentavos: priceCentavos * BigInt(before + added),
    };
  });
  const before = billed.reduce((sum, plan) => sum + plan.connections, 0);
  const beforeCentavos = billed.reduce(
    (sum, plan) => sum + plan.priceCentavos * BigInt(plan.connections),
    0n,
  );
  return {
    plans,
    total: {
      before,
      beforeCentavos,
      after: before + plans.reduce((sum, plan) => sum + plan.after - plan.before, 0),
      afterCentavos: beforeCentavos +
        plans.reduce((sum, plan) => sum + plan.afterCentavos - plan.beforeCentavos, 0n),
    },
  };
}
