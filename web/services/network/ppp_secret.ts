import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { clip } from "@/shared/text/mod.ts";
import { randomBytes, seal } from "@/shared/crypto/mod.ts";
import { secretAttempt, secretOwner, secretSealContext } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { decideDesired, pppNameProblem, pppPassword } from "@/web/domain/network/mod.ts";
import { listBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { findCommand, updateCommandWithdrawn } from "@/web/store/network/commands.ts";
import { listPppUsers, updateSubscriptionSecret } from "@/web/store/subscribers/new_subscribers.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { recipientOf } from "@/web/store/network/agents.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { findSubscriber, lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { type NoAgent, type QueuedCommand, queueRouterCommand } from "./commands/queue_command.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { secretIsThere } from "./secret_is_there.ts";
import { withPppName } from "../subscribers/with_ppp_name.ts";
import { PPP_NAME_MAX } from "@/web/domain/network/limits.ts";

/** Why nothing was done about a secret. */
export type PppSecretCode =
  | NoAgent
  | "subscription_not_found"
  | "secret_not_ours"
  | "nothing_under_way"
  | "secret_there"
  | "secret_name_fixed"
  | "ppp_name_invalid"
  | "ppp_name_taken";

/** A password that exists in this answer and, sealed, in the command: whoever gets it shows it once. */
export interface SentSecret {
  password: string;
  commandId: string;
}

/**
 * Makes a new password and asks the agent for the secret, or, where Linya made it already, to change its password. A
 * command that is still on its way is taken back first.
 */
export async function sendSecret(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string; pppName?: string | undefined },
): Promise<Result<SentSecret, PppSecretCode>> {
  return await withPppName(context, tenantId, actor, async (useCase, tell) => {
    const found = await lockOpen(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const renamed = await rename(useCase, found.value, input.pppName?.trim());
    if (!renamed.ok) return renamed;
    const subscription = renamed.value;
    if (subscription.secret === "found") {
      return err("secret_not_ours");
    }
    await withdraw(useCase, subscription);
    const sent = await queueSecret(useCase, context, subscription);
    if (!sent.ok) return sent;
    tell(sent.value.agentId);
    const isNew = subscription.secret === "wanted";
    await auditSubscription(
      useCase,
      subscription,
      isNew ? "secret_sent" : "password_sent",
      coded(isNew ? "audit_secret_sent" : "audit_password_sent", { ppp: subscription.ppp_name }),
    );
    return ok({ password: sent.value.password, commandId: sent.value.commandId });
  });
}

/** Takes back what is on its way. A secret that was made meanwhile is told all the same. */
export async function cancelSecret(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, PppSecretCode>> {
  const agents = new Set<string>();
  const result = await runUseCase<null, PppSecretCode>(context, tenantId, actor, async (useCase) => {
    agents.clear();
    const found = await lockOpen(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const agentId = await withdraw(useCase, found.value);
    if (agentId === null) return err("nothing_under_way");
    agents.add(agentId);
    await auditSubscription(
      useCase,
      found.value,
      "secret_withdrawn",
      coded("audit_secret_withdrawn", { ppp: found.value.ppp_name }),
    );
    return ok(null);
  });
  for (const agentId of agents) context.notifyCommands(tenantId, agentId);
  return result;
}

/** Uses the secret of that name that is on the router already, with the password that it has. */
export async function linkSecret(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<Result<null, PppSecretCode>> {
  return await runUseCase<null, PppSecretCode>(context, tenantId, actor, async (useCase) => {
    const found = await lockOpen(useCase, input.subscriptionId);
    if (!found.ok) return found;
    const subscription = found.value;
    if (subscription.secret !== "wanted") {
      return err("secret_there");
    }
    await withdraw(useCase, subscription);
    await secretIsThere(useCase, subscription, "found");
    return ok(null);
  });
}

/** Puts the command for a locked connection in the outbox; the plaintext goes to the caller and nowhere else. */
export async function queueSecret(
  useCase: UseCase,
  context: ServiceContext,
  subscription: SubscriptionRow,
): Promise<Result<SentSecret & QueuedCommand, NoAgent>> {
  const { trx, actor } = useCase;
  const router = await findRouter(trx, subscription.router_id);
  if (router === null) throw new Error(`Cannot make a secret for ${subscription.id}: it has no router`);
  const password = pppPassword(randomBytes);
  const name = subscription.ppp_name;
  const kind = subscription.secret === "wanted" ? "secret.create" : "secret.password";
  const asked = kind === "secret.create" ? await wanted(useCase, subscription) : {};
  const queued = await queueRouterCommand(trx, context, actor, {
    router,
    kind,
    arguments: async ({ id, agent }) => ({
      ...asked,
      name,
      owner: secretOwner(subscription.id),
      attempt: secretAttempt(id),
      sealed_password: await seal(
        recipientOf(agent),
        password,
        secretSealContext({ commandId: id, routerId: router.id, name }),
      ),
    }),
  });
  if (!queued.ok) return queued;
  await updateSubscriptionSecret(trx, subscription.id, { secret_command_id: queued.value.commandId });
  return ok({ ...queued.value, password });
}

/** How the secret has to be on its first day. */
async function wanted({ trx }: UseCase, subscription: SubscriptionRow) {
  const plan = await findPlan(trx, subscription.plan_id);
  const subscriber = await findSubscriber(trx, subscription.subscriber_id);
  const reasons = (await listBlockReasons(trx, subscription.id)).filter((row) => row.removed_at === null);
  const desired = decideDesired({
    status: subscription.status,
    activation: subscription.activation,
    blockReasons: reasons.map((row) => row.reason),
    profile: plan?.ppp_profile ?? null,
  });
  const label = `${subscriber?.account_number ?? ""} ${subscriber?.name ?? ""}`.replace(/\p{Cc}/gu, " ")
    .trim();
  return { profile: desired.profile, disabled: desired.isDisabled, label: clip(label, 100) };
}

async function lockOpen(
  { trx }: UseCase,
  subscriptionId: string,
): Promise<Result<SubscriptionRow, "subscription_not_found">> {
  await lockSubscribersOf(trx, [subscriptionId]);
  const subscription = await lockSubscription(trx, subscriptionId);
  return subscription === null || subscription.status === "cancelled"
    ? err("subscription_not_found")
    : ok(subscription);
}

/** Another name, as long as nothing is on the router. */
async function rename(
  { trx }: UseCase,
  subscription: SubscriptionRow,
  pppName: string | undefined,
): Promise<Result<SubscriptionRow, PppSecretCode>> {
  if (pppName === undefined || pppName === subscription.ppp_name) return ok(subscription);
  if (subscription.secret !== "wanted") {
    return err("secret_name_fixed");
  }
  if (pppNameProblem(pppName) !== null) return err("ppp_name_invalid", { max: PPP_NAME_MAX });
  const others = (await listPppUsers(trx, pppName)).filter((row) =>
    row.router_id === subscription.router_id && row.subscription_id !== subscription.id
  );
  const [other] = others;
  if (other !== undefined) {
    return err("ppp_name_taken", {
      subscriber: other.subscriber_name,
      ppp: pppName,
      router: other.router_name,
    });
  }
  await updateSubscriptionSecret(trx, subscription.id, { ppp_name: pppName });
  return ok({ ...subscription, ppp_name: pppName });
}

/** @returns the agent to tell, or null when nothing was on its way */
async function withdraw({ trx, at }: UseCase, subscription: SubscriptionRow): Promise<string | null> {
  const { secret_command_id: commandId } = subscription;
  if (commandId === null) return null;
  const isWithdrawn = await updateCommandWithdrawn(trx, commandId, {
    message: formatCoded(coded("command_taken_back")),
    now: at,
  });
  if (!isWithdrawn) return null;
  return (await findCommand(trx, commandId))?.agent_id ?? null;
}
