import { z } from "zod";
import { toBase64Url } from "@/shared/crypto/mod.ts";
import { DEFAULT_PPP_SERVICE, keyOfSecret } from "@/shared/protocol/mod.ts";
import type {
  AgentRecords,
  Greeting,
  KnownAgent,
  LinkIdentity,
  StateRows,
  Wake,
} from "@/web/gateways/agent_hub/mod.ts";
import {
  findAgent,
  lookupAgentTenant,
  lookupLinkWork,
  updateAgentFrozen,
  updateAgentGreeted,
} from "@/web/store/network/agents.ts";
import {
  touchPresence,
  updatePresenceEnded,
  updatePresenceTrouble,
  upsertPresence,
  upsertPresenceRefused,
} from "@/web/store/network/agent_presence.ts";
import { updateCommandSent } from "@/web/store/network/commands.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import { permitCuts } from "../../cuts/permit_cuts.ts";
import { listenForHubNotices, publishHubNotice } from "@/web/store/network/hub_notices.ts";
import { deleteObservedBefore, upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { countHit } from "@/web/store/access/rate_limits.ts";
import {
  findDesiredState,
  findPermittedNames,
  lockReportedState,
  updateStateObserved,
  updateStateStored,
} from "@/web/store/network/router_states.ts";
import { updateRouterRefused, updateRouterTaken } from "@/web/store/network/routers.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import {
  activateOnFirstSession,
  findAwaitingSession,
} from "@/web/services/subscribers/activate_subscription.ts";
import { enrolmentDoor } from "@/web/services/access/enrolment_door.ts";
import { keepCommandPart, keepCommandResult, refuseCommandAnswer } from "../commands/keep_answer.ts";
import {
  noteAgentBack,
  noteAgentFrozen,
  noteAgentSentAway,
  noteReportRefused,
  noteRouterHeld,
} from "../network_log.ts";
import { keepHandChanges } from "./hand_changes.ts";
import { keepRouterStatus } from "./router_status.ts";
import { viewSite } from "./site_view.ts";

/** What the book needs besides the services' context. */
export interface AgentRecordsOptions {
  nodeId: string;
  serverPublicKey: Uint8Array;
  /** For LISTEN, which needs a connection of its own; without it hints reach only this node. */
  databaseUrl: string | null;
}

/** More changes of installation than this in the window mean two machines with one identity. */
const FLIPS = { most: 3, seconds: 600 };
/** Router ids in one notification; PostgreSQL takes 8,000 bytes. */
const IDS_PER_WAKE = 150;

const wakePayload = z.object({
  node: z.string(),
  tenant: z.string(),
  agent: z.string().optional(),
  routers: z.array(z.string()).optional(),
});

/** The hub's book on PostgreSQL: each entry is one transaction of the agent's tenant, bound to the agent's site. */
export function createAgentRecords(context: ServiceContext, options: AgentRecordsOptions): AgentRecords {
  const { db, clock, log } = context;
  const { nodeId } = options;
  const inTenant = <T>(agent: { tenantId: string }, work: (trx: TenantTransaction) => Promise<T>) =>
    withTenant(db, agent.tenantId, work);

  return {
    isUnavailable,
    ...enrolmentDoor(context, toBase64Url(options.serverPublicKey)),
    findAgent: (agentId) => findKnownAgent(context, agentId),
    greet: (agent, hello) => greet(context, nodeId, agent, hello),
    refuse: (agent, refusal) =>
      inTenant(agent, async (trx) => {
        const now = clock.now();
        await upsertPresenceRefused(trx, { agentId: agent.agentId, nodeId, ...refusal, now });
        await noteAgentSentAway(trx, agent.agentId, { why: refusal.code, now });
      }),
    leave: (agent, epoch, end) =>
      inTenant(agent, (trx) => updatePresenceEnded(trx, agent.agentId, { epoch, end, now: clock.now() })),
    trouble: (agent, epoch, trouble) =>
      inTenant(
        agent,
        (trx) => updatePresenceTrouble(trx, agent.agentId, { epoch, trouble, now: clock.now() }),
      ),
    routerRefused: (agent, routerId, refused) =>
      inTenant(agent, async (trx) => {
        const now = clock.now();
        const isOurs = await updateRouterRefused(trx, { siteId: agent.siteId, routerId }, {
          ...refused,
          now,
        });
        if (isOurs) await noteReportRefused(trx, routerId, { why: refused.code, now });
      }),
    touch: (rows) => touchPresence(db, nodeId, { rows, now: clock.now() }),
    async findWork(agentIds) {
      return (await lookupLinkWork(db, agentIds)).map((row) => ({
        agentId: row.agent_id,
        epoch: row.epoch,
        isRefused: row.is_refused,
        mark: `${row.states_mark}|${row.settings_mark}`,
        commandsWaiting: Number(row.commands_waiting),
      }));
    },
    viewSite: (agent) => inTenant(agent, (trx) => viewSite(trx, agent, clock.now())),
    readState: (agent, routerId, from) => readRows(db, agent, { routerId, from }),
    readNews: (agent, routerId, from) => readRows(db, agent, { routerId, from, holder: agent }),
    markCommandSent: (agent, id) =>
      inTenant(agent, (trx) => updateCommandSent(trx, agent.agentId, { id, now: clock.now() })),
    async stateStored(agent, message) {
      const { router_id: routerId, lineage, generation } = message;
      await inTenant(
        agent,
        (trx) => updateStateStored(trx, { siteId: agent.siteId, routerId, lineage, generation }),
      );
    },
    async stateReported(agent, message, report) {
      const { router_id: routerId, lineage } = message;
      const { siteId } = agent;
      const kept = await inTenant(agent, async (trx) => {
        if (!await lockReportedState(trx, { siteId, routerId, lineage })) return null;
        const at = Temporal.Instant.fromEpochMilliseconds(report.atMs);
        const online = message.secrets.filter((secret) => secret.online).map(keyOfSecret);
        // Sent together: a payment's read-back waits for one answer and not for two.
        const [unknownNames, begins] = await Promise.all([
          upsertObservedSecrets(trx, routerId, { at, secrets: message.secrets }),
          findAwaitingSession(trx, routerId, online),
        ]);
        if (message.part < message.parts) return { unknownNames, begins };
        if (message.complete && report.isWhole) {
          await deleteObservedBefore(trx, routerId, at);
          if (unknownNames + report.unknownNames === 0) {
            await updateRouterTaken(trx, { siteId, routerId, about: message.t });
          }
        }
        await updateStateObserved(trx, routerId, {
          applied: message.applied_generation,
          observedAt: at,
          tookMs: Math.round(message.took_ms),
          driftCount: message.drift_count,
          heldCount: message.held_count,
        });
        await noteRouterHeld(trx, routerId, { count: message.held_count, now: clock.now() });
        return { unknownNames, begins };
      });
      if (kept === null) return null;
      // A transaction of its own: it locks people before routers, as everything else that moves a state does.
      await activateOnFirstSession(context, agent.tenantId, kept.begins);
      return { unknownNames: kept.unknownNames };
    },
    routerStatus: (agent, message) => keepRouterStatus(context, agent, message),
    routerChanges: (agent, message) => keepHandChanges(context, agent, message),
    permit: (agent, message) =>
      inTenant(agent, async (trx) => {
        const asked = { routerId: message.router_id, names: message.names };
        return await findPermittedNames(trx, {
          ...asked,
          siteId: agent.siteId,
          lineage: message.lineage,
          generation: message.generation,
          names: await permitCuts(trx, clock.now(), asked),
        });
      }),
    commandReceived: (agent, id) =>
      inTenant(agent, (trx) => updateCommandSent(trx, agent.agentId, { id, now: clock.now() })),
    commandPart: (agent, message) => keepCommandPart(context, agent, message),
    commandResult: (agent, result) => keepCommandResult(context, agent, result),
    commandRefused: (agent, commandId, detail) => refuseCommandAnswer(context, agent, { commandId, detail }),
    publish(wake) {
      for (const payload of payloadsOf(wake, nodeId)) {
        publishHubNotice(db, payload).catch((error: unknown) =>
          log.warn("hub_notice_failed", { error: error instanceof Error ? error.message : String(error) })
        );
      }
    },
    subscribe(onWake) {
      if (options.databaseUrl === null) return { stop: () => Promise.resolve() };
      return listenForHubNotices(options.databaseUrl, {
        log,
        onPayload(payload) {
          const wake = readPayload(payload, nodeId);
          if (wake !== null) onWake(wake);
        },
        onReconnect: () => log.debug("hub_notices_ready"),
      });
    },
  };
}

async function readRows(
  db: ServiceContext["db"],
  { tenantId, siteId }: LinkIdentity,
  wanted: { routerId: string; from: bigint | null; holder?: { agentId: string; epoch: bigint } },
): Promise<StateRows | null> {
  const found = await withTenant(db, tenantId, (trx) => findDesiredState(trx, { siteId, ...wanted }), {
    readOnly: true,
  });
  if (found === null) return null;
  const { lineage, generation, hash, rows } = found;
  return {
    routerId: wanted.routerId,
    lineage,
    generation,
    hash,
    secrets: rows.filter((row) => !row.removed).map(({ removed: _removed, service, ...secret }) => ({
      ...secret,
      // An older agent knows PPPoE without the word.
      ...(service === DEFAULT_PPP_SERVICE ? {} : { service }),
    })),
    removed: rows.filter((row) => row.removed).map(keyOfSecret),
    others: found.others,
    authorisations: found.authorisations.map((a) => ({ ...a, generation: BigInt(a.generation) })),
  };
}

async function findKnownAgent(context: ServiceContext, agentId: string): Promise<KnownAgent | null> {
  const tenantId = await lookupAgentTenant(context.db, agentId);
  if (tenantId === null) return null;
  const agent = await withTenant(context.db, tenantId, (trx) => findAgent(trx, agentId));
  return agent && {
    tenantId,
    agentId,
    siteId: agent.site_id,
    identityPublicKey: new Uint8Array(agent.identity_public_key),
    revokedAtMs: agent.revoked_at?.epochMilliseconds ?? null,
    isFrozen: agent.frozen_at !== null,
  };
}

/** Newest connection wins. A cloned machine shows itself by its installation id going back and forth. */
async function greet(
  context: ServiceContext,
  nodeId: string,
  agent: LinkIdentity,
  hello: Greeting,
): Promise<{ epoch: bigint; isFrozen: boolean }> {
  const now = context.clock.now();
  const greeted = await withTenant(context.db, agent.tenantId, async (trx) => {
    const next = await updateAgentGreeted(trx, agent.agentId, hello);
    if (next === null) throw new Error(`Cannot greet agent ${agent.agentId}: it does not exist`);
    const { epoch } = next;
    await upsertPresence(trx, {
      agent_id: agent.agentId,
      node_id: nodeId,
      epoch,
      hello,
      now,
    });
    await noteAgentBack(trx, agent.agentId, now);
    return next;
  });
  if (greeted.isFrozen || greeted.previousInstallId === hello.installId) return greeted;
  const { hits } = await countHit(context.db, `agent_flips:${agent.agentId}`, {
    now,
    seconds: FLIPS.seconds,
  });
  if (hits <= FLIPS.most) return greeted;
  await withTenant(context.db, agent.tenantId, async (trx) => {
    await updateAgentFrozen(trx, agent.agentId, now);
    await noteAgentFrozen(trx, agent.agentId, now);
  });
  return { ...greeted, isFrozen: true };
}

function payloadsOf(wake: Wake, node: string): string[] {
  if ("agentId" in wake) return [JSON.stringify({ node, tenant: wake.tenantId, agent: wake.agentId })];
  const payloads: string[] = [];
  for (let i = 0; i < wake.routerIds.length; i += IDS_PER_WAKE) {
    const routers = wake.routerIds.slice(i, i + IDS_PER_WAKE);
    payloads.push(JSON.stringify({ node, tenant: wake.tenantId, routers }));
  }
  return payloads;
}

/** Null for our own hints, which were heard already, and for what another version may send. */
function readPayload(payload: string, ownNode: string): Wake | null {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    // Anybody with the database may notify; a hint that cannot be read is no hint.
    return null;
  }
  const parsed = wakePayload.safeParse(json);
  if (!parsed.success || parsed.data.node === ownNode) return null;
  const { tenant: tenantId, agent, routers } = parsed.data;
  if (agent !== undefined) return { tenantId, agentId: agent };
  return routers === undefined ? null : { tenantId, routerIds: routers };
}
