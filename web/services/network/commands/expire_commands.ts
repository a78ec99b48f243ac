import { expireCommands, updateCommandsOfRevoked } from "@/web/store/network/commands.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../../context.ts";
import { noteCommandFailed } from "../network_log.ts";
import { webCommandOf } from "./command_registry.ts";

/** Grace after its deadline in which a command that was sent may still report what it did. */
const LATE_RESULT_SECONDS = 60;

/**
 * Closes the commands of an agent, or of all, whose time is over, and fails the import reads that waited for them.
 *
 * @returns how many were closed
 */
export async function closeOverdueCommands(
  trx: TenantTransaction,
  agentId: string | null,
  now: Temporal.Instant,
): Promise<number> {
  const expired = await expireCommands(trx, agentId, {
    queuedBefore: now,
    sentBefore: now.subtract({ seconds: LATE_RESULT_SECONDS }),
    now,
  });
  for (const command of expired) {
    await noteCommandFailed(trx, command, now);
    await webCommandOf(command)?.closed(trx, command, now);
  }
  return expired.length;
}

/** Closes what a revoked agent will never do, so that nobody waits for it and no password lies sealed to its key. */
export async function closeCommandsOfRevoked(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<void> {
  const message = "The site's agent was revoked. Enrol a new one, then do this again.";
  for (const command of await updateCommandsOfRevoked(trx, agentId, { message, now })) {
    await webCommandOf(command)?.closed(trx, command, now);
  }
}

/**
 * The same for a whole tenant, asked by the scheduler: an agent that is away closes nothing, and whoever waits for its
 * answer has to be told all the same.
 */
export async function expireOverdueCommands(context: ServiceContext, tenantId: string): Promise<number> {
  const now = context.clock.now();
  return await withTenant(
    context.db,
    tenantId,
    (trx) => closeOverdueCommands(trx, null, now),
    { isRepeatable: true },
  );
}
