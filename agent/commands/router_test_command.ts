import type { CommandResultOf } from "@/shared/protocol/mod.ts";
import type { RouterPort } from "../routers/reconcile/ports.ts";
import { isPermissionTrap, type RunningCommand, withOwnConnection } from "./command.ts";

/** `router.test`: logs in and says who answered and how many secrets it lets us read. Works before the router is bound. */
export function testRouter(running: RunningCommand): Promise<CommandResultOf<"router.test">> {
  return withOwnConnection(running, async ({ router, identity }) => {
    const count = await countSecrets(router);
    return { identity, secret_count: count ?? 0, ppp_readable: count !== null };
  });
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
