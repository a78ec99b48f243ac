import type { AgentMessage, Unnumbered } from "@/shared/protocol/mod.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { HubWorld, type Place } from "./hub_world.ts";

type Status = Extract<Unnumbered<AgentMessage>, { t: "router.status" }>;

/** A router with its agent, and its page. */
export interface Scene {
  world: HubWorld;
  place: Place;
  agent: AgentDouble;
  app: WebApp;
  owner: PageUser;
  path: string;
  /** The agent says how the router stands; returns when it is kept. */
  say(over: Partial<Status>): Promise<void>;
}

export async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  const app = await createWebApp(world.context, {
    only: ["/admin/sites", "/admin/routers", "/admin/subscribers", "/admin"],
  });
  const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
  agent.hello(place.keys.installId, { commands: ["router.answer"] });
  await agent.next("welcome");
  const { tenantId, routerId } = place;
  let said = 0;
  await work({
    world,
    place,
    agent,
    app,
    owner: await app.signIn(tenantId, "Owner"),
    path: `/admin/routers/${routerId}`,
    async say(over) {
      const identity = {
        identity: `Core ${++said}`,
        version: "7.18",
        board_name: null,
        serial_number: "S1",
        software_id: null,
        uptime_seconds: 1,
      };
      agent.send({
        t: "router.status",
        router_id: routerId,
        status: "online",
        message: null,
        identity,
        ...over,
      });
      await until(async () =>
        (await world.inTenant(tenantId, (trx) => findRouter(trx, routerId)))?.identity === identity.identity
      );
    },
  });
  await agent.close();
}
