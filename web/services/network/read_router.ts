import { err, ok, type Result } from "@/shared/result.ts";
import { type CommandRow, listRouterCommands } from "@/web/store/network/commands.ts";
import { findRouterState, type RouterStateRow } from "@/web/store/network/router_states.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A router with where its state stands and what it was asked last. */
export interface RouterView {
  router: RouterRow;
  /** Null until the first subscription. */
  state: RouterStateRow | null;
  commands: CommandRow[];
}

/** Everything that a router's page shows. */
export async function readRouter(
  trx: TenantTransaction,
  routerId: string,
): Promise<Result<RouterView, "router_not_found">> {
  const router = await findRouter(trx, routerId);
  if (router === null) return err("router_not_found");
  return ok({
    router,
    state: await findRouterState(trx, routerId),
    commands: await listRouterCommands(trx, routerId, 10),
  });
}
