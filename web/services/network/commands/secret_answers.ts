import { type Coded, coded, codedOf } from "@/shared/codes/mod.ts";
import { clip } from "@/shared/text/mod.ts";
import { commandSpecs, secretOwner } from "@/shared/protocol/mod.ts";
import { findSubscriptionOfCommand, listPppUsers } from "@/web/store/subscribers/new_subscribers.ts";
import type { CommandRow } from "@/web/store/network/commands.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../../audit.ts";
import { auditSubscription } from "../../subscribers/audit_subscription.ts";
import { businessNow } from "../../business_clock.ts";
import type { ServiceContext, StaffActor } from "../../context.ts";
import { switchOffSecret } from "../desired_state.ts";
import { secretIsThere } from "../secret_is_there.ts";
import type { Answered, AnswerEffects } from "./command_registry.ts";
import { useCaseIn } from "../../use_case.ts";

/**
 * What an agent answered about a PPP secret, in the transaction that keeps the answer: a secret that was made is
 * managed from here on, and a connection that waited for nothing else begins.
 */
export async function keepSecretAnswer(
  { trx, context, command }: Answered<"secret.create" | "secret.password">,
): Promise<AnswerEffects> {
  const found = await findSubscriptionOfCommand(trx, command.id);
  if (found === null) return { routerIds: await switchOffLeftOver(trx, context, command) };
  await lockSubscribersOf(trx, [found.id]);
  const subscription = await lockSubscription(trx, found.id);
  if (subscription === null || subscription.status === "cancelled") return {};
  const touched = new Set<string>();
  const actor = askerOf(command);
  const useCase = await useCaseIn(trx, context, { actor, touched });
  announceLive(trx, [`subscriber:${subscription.subscriber_id}`]);
  const name = subscription.ppp_name;
  if (command.status !== "done") {
    const why = withoutAside(codedOf(command.error_message ?? ""));
    const summary = coded("audit_secret_failed", { ppp: name, why });
    await auditSubscription(useCase, subscription, "secret_failed", summary);
  } else if (command.kind === "secret.password") {
    const summary = coded("audit_secret_password", { ppp: name });
    await auditSubscription(useCase, subscription, "password_changed", summary);
  } else if (subscription.secret === "wanted") {
    await secretIsThere(useCase, subscription, "made");
  }
  return { routerIds: [...touched] };
}

/** Who asked for it, and the agent that did it. */
function askerOf(command: CommandRow): StaffActor {
  return { kind: "staff", label: command.requested_by, staffUserId: null, agentId: command.agent_id };
}

/** The audit log is kept for good: what somebody wrote about a person into a router's comment stays out of it. */
function withoutAside({ code, values }: Coded): Coded {
  const texts = Object.entries(values).map(([name, value]) => {
    if (name === "aside") return [name, ""];
    return [name, typeof value === "string" ? clip(value.replace(/, comment ".*"/su, ""), 300) : value];
  });
  return { code, values: Object.fromEntries(texts) };
}

/**
 * A secret that was made for a connection that was taken away or got another PPP user meanwhile: nobody is billed for
 * it, so it goes off. One that its connection still wants under this name is left to the newer command.
 */
async function switchOffLeftOver(
  trx: TenantTransaction,
  context: ServiceContext,
  command: CommandRow,
): Promise<string[]> {
  const made = leftOver.safeParse(command.arguments);
  const { router_id: routerId } = command;
  if (command.kind !== "secret.create" || command.status !== "done" || routerId === null || !made.success) {
    return [];
  }
  const { name, owner } = made.data;
  const users = await listPppUsers(trx, name);
  const isWanted = users.some((user) =>
    user.router_id === routerId && user.ppp_name === name && secretOwner(user.subscription_id) === owner
  );
  if (isWanted) return [];
  const now = context.clock.now();
  const routerIds = await switchOffSecret(trx, { routerId, pppName: name, makerId: command.id }, {
    now,
    authorisation: { kind: "manual", runId: null, approvedBy: command.requested_by },
  });
  await recordAudit(trx, askerOf(command), {
    action: "subscription.secret_left_over",
    subjectKind: "router",
    subjectId: routerId,
    summary: coded("audit_secret_left_over", { ppp: name }),
    at: now,
    businessOn: businessNow(await getTenant(trx), context.clock).today,
  });
  return routerIds;
}

const leftOver = commandSpecs["secret.create"].arguments.pick({ name: true, owner: true });

/** Commands whose time is over: the pages that wait for them look again. */
export async function announceSecretExpired(trx: TenantTransaction, command: CommandRow): Promise<void> {
  const found = await findSubscriptionOfCommand(trx, command.id);
  if (found !== null) announceLive(trx, [`subscriber:${found.subscriber_id}`]);
}
