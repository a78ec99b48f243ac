import { coded } from "@/shared/codes/mod.ts";
import { seal } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type AgentRow, findLiveAgent, recipientOf } from "@/web/store/network/agents.ts";
import { routerSealContext } from "@/shared/protocol/mod.ts";
import { findRouter, findRouterAtAddress, insertRouter } from "@/web/store/network/routers.ts";
import { lockSite } from "@/web/store/network/sites.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { cleanName } from "./create_site.ts";
import { recordNetworkAudit } from "./network_audit.ts";
import { queueRouterCommand } from "./commands/queue_command.ts";
import { isHost } from "./router_address.ts";
import { checkSiteRoom } from "./site_room.ts";
import { ROUTER_MAX } from "@/web/domain/network/limits.ts";

/** How to reach a router. */
export interface RouterAddress {
  name: string;
  /** IP address or host name, as the agent reaches it. */
  host: string;
  /** Port of the RouterOS API. */
  port: number;
  username: string;
}

/** Why an address is not one. */
export type AddressProblem = "name_invalid" | "host_invalid" | "port_invalid" | "username_invalid";

/** Checks what a person typed; the cleaned values or the first problem. */
export function checkRouterAddress(input: RouterAddress): Result<RouterAddress, AddressProblem> {
  const name = cleanName(input.name);
  if (name === null) return err("name_invalid", { max: ROUTER_MAX.name });
  const host = input.host.trim();
  if (!isHost(host)) return err("host_invalid");
  if (!Number.isInteger(input.port) || input.port < 1 || input.port > 65535) {
    return err("port_invalid");
  }
  const username = input.username.trim();
  if (username.length < 1 || username.length > ROUTER_MAX.username) {
    return err("username_invalid");
  }
  return ok({ name, host, port: input.port, username });
}

/** Seals a router password to an agent (R11). The router's id is part of the seal, so it cannot be moved to another. */
export async function sealPassword(agent: AgentRow, routerId: string, password: string): Promise<string> {
  return await seal(recipientOf(agent), password, routerSealContext(routerId));
}

/** Adds a router to a site and asks the agent to test it. The password is sealed at once and never stored. */
export async function addRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: RouterAddress & { siteId: string; password: string },
): Promise<
  Result<
    { routerId: string; testCommandId: string },
    | AddressProblem
    | "site_not_found"
    | "site_full"
    | "site_settings_full"
    | "agent_missing"
    | "name_taken"
    | "address_taken"
  >
> {
  const address = checkRouterAddress(input);
  if (!address.ok) return address;
  const { name, host, port, username } = address.value;
  const now = context.clock.now();
  const routerId = uuidv7(now.epochMilliseconds);
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    // Locked: a site that is being removed gets no router.
    const site = await lockSite(trx, input.siteId);
    if (site === null) return err("site_not_found");
    const agent = await findLiveAgent(trx, site.id);
    if (agent === null) {
      return err("agent_missing", { site: site.name });
    }
    const same = await findRouterAtAddress(trx, { siteId: site.id, host, port });
    if (same !== null) {
      return err("address_taken", { name: same.name });
    }
    const row = {
      id: routerId,
      site_id: site.id,
      name,
      host,
      port,
      username,
      sealed_credentials: await sealPassword(agent, routerId, input.password),
      sealed_to_agent_id: agent.id,
      created_at: now,
    };
    const room = await checkSiteRoom(trx, site.id, { ...row, serial_number: null, software_id: null });
    if (!room.ok) return room;
    const isAdded = await insertRouter(trx, row);
    if (!isAdded) return err("name_taken", { thing: "router", name });
    const router = await findRouter(trx, routerId);
    if (router === null) throw new Error(`Cannot add router ${routerId}: it was not stored`);
    const test = await queueRouterCommand(trx, context, actor, { router, kind: "router.test" });
    if (!test.ok) throw new Error(`Cannot test router ${routerId}: ${test.code}`);
    await recordNetworkAudit(trx, context, actor, {
      action: "router.added",
      subjectKind: "router",
      subjectId: routerId,
      summary: coded("audit_router_added", { router: name, site: site.name }),
      details: { host, port, username },
    });
    return ok({ routerId, testCommandId: test.value.commandId, agentId: agent.id });
  });
  if (!result.ok) return result;
  context.notifyCommands(tenantId, result.value.agentId);
  return ok({ routerId: result.value.routerId, testCommandId: result.value.testCommandId });
}
