import type { CommandResultOf } from "@/shared/protocol/mod.ts";
import type { RouterPort } from "../routers/reconcile/ports.ts";
import { isPermissionTrap, type RunningCommand, withOwnConnection } from "./command.ts";

/** `router.test`: logs in and says who answered and how many secrets it lets us read. Works before the router is bound. */
export async function testRouter(running: RunningCommand): Promise<CommandResultOf<"router.test">> {
  const found = await withOwnConnection(running, async ({ router, identity }) => {
    const count = await countSecrets(router);
    return { identity, secret_count: count ?? 0, ppp_readable: count !== null };
  });
  const { router_id: routerId } = running.command;
  if (routerId !== null) running.context.retryRouter(routerId);
  return found;
}

/** Null when the account may not read them. */
async function countSecrets(router: RouterPort): Promise<number | null> {
  try {
    return (await router.listSecrets()).length;
  } catch (error) {
    if (isPermissionTrap(error)) return null;
    throw error;
  }
}
