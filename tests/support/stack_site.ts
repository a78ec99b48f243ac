import { generateSecrets } from "@/sim/routeros/mod.ts";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { assertOk } from "./expect.ts";
import type { TestRouter, TestStack } from "./stack.ts";
import { until } from "./until.ts";

/** Secrets on each router that Linya must never touch. */
const UNMANAGED = 4;
const PRICE_CENTAVOS = 100_000n;

/** Enrols the agent, adds the routers and makes subscribers of their secrets, through the services. */
export async function connectSite(provider: TestStack): Promise<void> {
  const { context, tenantId, actor, siteId, stack } = provider;
  await provider.inTenant((trx) =>
    trx.updateTable("tenants").set({ brake_percent: 100, brake_multiple: 100 })
      .where("id", "=", trx.tenantId).execute()
  );
  const { code } = assertOk(await createEnrolmentCode(context, tenantId, actor, { siteId }));
  await stack.startAgent(code);
  await until(() => provider.isAgentConnected(), { timeoutMs: 30_000, what: "the agent connects" });
  for (const [name, sim] of stack.sims) {
    const address = { name, host: sim.host, port: sim.port, siteId, ...ROUTER_LOGIN };
    const { routerId } = assertOk(await addRouter(context, tenantId, actor, address));
    provider.routers.push({ id: routerId, name, sim });
  }
  for (const router of provider.routers) {
    await until(() => provider.isRouter(router, "online"), {
      timeoutMs: 30_000,
      what: `${router.name} answers`,
    });
    await importRouter(provider, router);
  }
}

/** Imports all secrets, and then adds some that are nobody's business. */
async function importRouter(provider: TestStack, { id: routerId, name }: TestRouter): Promise<void> {
  const { context, tenantId, actor } = provider;
  const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId }));
  const isRead = async () => {
    const [row] = await provider.query<{ status: string }>(
      "select status from import_batches where id = $1",
      [batchId],
    );
    return row?.status === "review";
  };
  await until(isRead, { timeoutMs: 30_000, what: `${name} is read` });
  const rows = await provider.query<{ profile: string }>(
    "select distinct profile from import_rows where batch_id = $1",
    [batchId],
  );
  const plans = new Map(
    (await provider.query<{ id: string; name: string }>("select id, name from plans where tenant_id = $1", [
      tenantId,
    ]))
      .map((plan) => [plan.name, plan.id]),
  );
  const profiles = rows.map(({ profile }) => {
    const planId = plans.get(profile);
    return planId === undefined
      ? { profile, newPlan: { name: profile, priceCentavos: PRICE_CENTAVOS } }
      : { profile, planId };
  });
  const firstBillOn = (await provider.today()).add({ days: 1 });
  assertOk(
    await saveImportReview(context, tenantId, actor, {
      batchId,
      firstBillOn,
      disabledPolicy: "skip",
      profiles,
      rows: [],
    }),
  );
  assertOk(
    await confirmImport({ ...context, enqueue: () => Promise.resolve() }, tenantId, actor, { batchId }),
  );
  await runImport(context, tenantId, batchId);
  provider.stack.addSecrets(
    name,
    generateSecrets(UNMANAGED, 900).map((secret, i) => ({
      ...secret,
      name: `not-ours-${i}`,
      disabled: i === 0,
      dialing: i !== 0,
    })),
  );
}
