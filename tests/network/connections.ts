import { uuidv7 } from "@/shared/ids.ts";
import type { PppService } from "@/shared/protocol/mod.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import type { HubWorld, Place } from "./hub_world.ts";

/** A subscriber of this name with one active connection, which the router's desired state holds from now on. */
export async function addConnection(
  world: HubWorld,
  { tenantId, routerId }: Pick<Place, "tenantId" | "routerId">,
  name: string,
  service: PppService = "pppoe",
): Promise<{ subscriberId: string; subscriptionId: string }> {
  const now = world.clock.now();
  const id = () => uuidv7(now.epochMilliseconds);
  const [subscriber, plan, subscription] = [id(), id(), id()];
  await world.inTenant(tenantId, async (trx) => {
    await trx.insertInto("plans")
      .values({ tenant_id: tenantId, id: plan, name: `Fiber ${plan}`, price_centavos: 1n }).execute();
    await trx.insertInto("subscribers")
      .values({ tenant_id: tenantId, id: subscriber, account_number: `A-${subscriber}`, name }).execute();
    await trx.insertInto("subscriptions").values({
      tenant_id: tenantId,
      id: subscription,
      subscriber_id: subscriber,
      plan_id: plan,
      router_id: routerId,
      ppp_name: name,
      ppp_service: service,
      status: "active",
    }).execute();
    await refreshDesired(trx, [subscription], { now });
  });
  return { subscriberId: subscriber, subscriptionId: subscription };
}
