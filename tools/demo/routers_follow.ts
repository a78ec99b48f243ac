import { until } from "@/tests/support/until.ts";
import { countRows, inBooks, type Seed } from "./books.ts";

/** Waits until every router is as the books say: what is changed by hand after that is drift. */
export async function untilRoutersFollow(seed: Seed): Promise<void> {
  const routers = await inBooks(
    seed,
    (trx) =>
      trx.selectFrom("router_states").select("router_id").where("tenant_id", "=", seed.tenantId).execute(),
  );
  seed.context.notifyRouters(seed.tenantId, routers.map((row) => row.router_id));
  await until(async () => await countRows(seed, "router_states", "applied_generation < generation") === 0, {
    timeoutMs: 60_000,
    what: "the routers become as the books say",
  });
}
