import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import {
  findRouterAtAddress,
  listRouters,
  lockRouter,
  NO_REMARKS,
  type RouterRow,
  updateRouter as saveRouter,
} from "@/web/store/network/routers.ts";
import { findSite } from "@/web/store/network/sites.ts";
import { type AddressProblem, checkRouterAddress, type RouterAddress, sealPassword } from "./add_router.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { checkSiteRoom } from "./site_room.ts";
import { recordNetworkAudit } from "./network_audit.ts";

/** Version of how a router is reached. */
export function routerVersion(router: Pick<RouterRow, "name" | "host" | "port" | "username">): string {
  return versionOf(router, ["name", "host", "port", "username"]);
}

/** Changes how a router is reached. Without a password the sealed one stays, unless it was sealed to an older agent. */
export async function updateRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: RouterAddress & {
    routerId: string;
    password?: string;
    forgetIdentity?: boolean;
    seen?: string | undefined;
  },
): Promise<
  Result<
    null,
    | AddressProblem
    | "router_not_found"
    | "agent_missing"
    | "password_missing"
    | "name_taken"
    | "address_taken"
    | "site_not_found"
    | "site_full"
    | "site_settings_full"
    | "row_changed"
  >
> {
  const address = checkRouterAddress(input);
  if (!address.ok) return address;
  const { name, host, port, username } = address.value;
  const now = context.clock.now();
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const router = await lockRouter(trx, input.routerId);
    if (router === null || router.archived_at !== null) {
      return err("router_not_found");
    }
    if (input.seen !== undefined && input.seen !== routerVersion(router)) return err("row_changed");
    const agent = await findLiveAgent(trx, router.site_id);
    if (agent === null) {
      return err("agent_missing", { site: (await findSite(trx, router.site_id))?.name ?? "" });
    }
    if (input.password === undefined && router.sealed_to_agent_id !== agent.id) {
      return err("password_missing");
    }
    const others = (await listRouters(trx, router.site_id)).filter((other) => other.id !== router.id);
    if (others.some((other) => other.name === name)) {
      return err("name_taken", { thing: "router", name });
    }
    const same = await findRouterAtAddress(trx, { siteId: router.site_id, host, port, exceptId: router.id });
    if (same !== null) return err("address_taken", { name: same.name });
    const change = {
      name,
      host,
      port,
      username,
      ...(input.password === undefined ? {} : {
        sealed_credentials: await sealPassword(agent, router.id, input.password),
        sealed_to_agent_id: agent.id,
      }),
      // A person says that the box was replaced: the next one that answers is bound (R12).
      ...(input.forgetIdentity === true ? { serial_number: null, software_id: null } : {}),
    };
    const room = await checkSiteRoom(trx, router.site_id, { ...router, ...change });
    if (!room.ok) return room;
    await saveRouter(trx, router.id, {
      ...change,
      status: "unknown",
      status_message: formatCoded(coded("router_settings_changed")),
      status_at: now,
      remarks: NO_REMARKS,
      question: null,
    }, { raisesSettings: true });
    await recordNetworkAudit(trx, context, actor, {
      action: "router.updated",
      subjectKind: "router",
      subjectId: router.id,
      summary: coded("audit_router_changed", { router: name }),
      details: { host, port, username, password_changed: String(input.password !== undefined) },
    });
    return ok({ agentId: agent.id });
  });
  if (!result.ok) return result;
  context.notifyCommands(tenantId, result.value.agentId);
  return ok(null);
}
