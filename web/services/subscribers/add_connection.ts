import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type Activation, pppNameProblem, suggestPppName } from "@/web/domain/network/mod.ts";
import {
  insertSubscription,
  listPppNamesLike,
  listPppUsers,
  type NewSubscription,
} from "@/web/store/subscribers/new_subscribers.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { countRouterSubscriptions, findRouter } from "@/web/store/network/routers.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { lockSentForm } from "@/web/store/subscribers/sent_form.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { auditSubscription } from "./audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { queueSecret } from "../network/ppp_secret.ts";
import { secretIsThere } from "../network/secret_is_there.ts";
import type { UseCase } from "../use_case.ts";
import { withPppName } from "./with_ppp_name.ts";
import { PPP_NAME_MAX, ROUTER_CONNECTIONS_MAX } from "@/web/domain/network/limits.ts";

/** A connection as the form describes it. */
export interface ConnectionInput {
  planId: string;
  routerId: string;
  /** Empty: the suggestion. */
  pppName: string;
  /** `make`: a new secret with a new password. `link`: it is on the router already. */
  secret: "make" | "link";
  activation: Activation;
  /** `anniversary`: the day of its activation. `prepaid`: it gets no bills and is paid up front. */
  billingDay: "cycle" | "anniversary" | "prepaid";
  /** Id of the connection, made when the form was opened: the form sent twice adds one. */
  once?: string | undefined;
}

/** Why a connection is not added. */
export type ConnectionCode =
  | "subscriber_not_found"
  | "plan_not_found"
  | "router_not_found"
  | "ppp_name_invalid"
  | "ppp_name_taken"
  | "router_full";

/** What was made. */
export interface AddedConnection {
  subscriberId: string;
  subscriptionId: string;
  pppName: string;
  /** To be shown once; null where no secret is made, or none could be sent. */
  password: string | null;
  /** Code of why the secret was not sent; it can be sent later. */
  notSent: string | null;
}

/** Adds a connection to a subscriber that exists. */
export async function addConnection(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: ConnectionInput & { subscriberId: string },
): Promise<Result<AddedConnection, ConnectionCode>> {
  return await withPppName(context, tenantId, actor, async (useCase, tell) => {
    const subscriber = await lockSubscriber(useCase.trx, input.subscriberId);
    if (subscriber === null) return err("subscriber_not_found");
    const earlier = await findSentBefore(useCase.trx, input);
    if (earlier?.subscriberId === subscriber.id) return ok(earlier);
    const checked = await checkConnection(useCase.trx, input, subscriber.name);
    if (!checked.ok) return checked;
    return ok(
      await insertConnection(useCase, context, { ...checked.value, subscriberId: subscriber.id }, tell),
    );
  });
}

/** What this very form has added already, or is adding now; its password was shown then. */
export async function findSentBefore(
  trx: TenantTransaction,
  { once, planId, routerId }: ConnectionInput,
): Promise<AddedConnection | null> {
  if (once === undefined) return null;
  await lockSentForm(trx, once);
  const row = await lockSubscription(trx, once);
  if (row === null || row.plan_id !== planId || row.router_id !== routerId) return null;
  return {
    subscriberId: row.subscriber_id,
    subscriptionId: row.id,
    pppName: row.ppp_name,
    password: null,
    notSent: null,
  };
}

/** The connection with its PPP user, as it can be made; or why not. */
export async function checkConnection(
  trx: TenantTransaction,
  input: ConnectionInput,
  personName: string,
): Promise<Result<ConnectionInput, Exclude<ConnectionCode, "subscriber_not_found">>> {
  const plan = await findPlan(trx, input.planId);
  if (plan === null || plan.archived_at !== null) return err("plan_not_found");
  const router = await findRouter(trx, input.routerId);
  if (router === null || router.archived_at !== null) return err("router_not_found");
  if (await countRouterSubscriptions(trx, router.id) >= ROUTER_CONNECTIONS_MAX) {
    return err("router_full", { name: router.name, max: ROUTER_CONNECTIONS_MAX });
  }
  const typed = input.pppName.trim();
  const pppName = typed === "" ? await suggestFor(trx, personName) : typed;
  if (pppNameProblem(pppName) !== null) return err("ppp_name_invalid", { max: PPP_NAME_MAX });
  const other = (await listPppUsers(trx, pppName)).find((row) => row.router_id === router.id);
  if (other !== undefined) {
    return err("ppp_name_taken", {
      subscriber: other.subscriber_name,
      ppp: other.ppp_name,
      router: router.name,
    });
  }
  return ok({ ...input, pppName });
}

/** A PPP user for a person that nobody has and no import has seen. */
export async function suggestFor(trx: TenantTransaction, personName: string): Promise<string> {
  const base = suggestPppName(personName, new Set());
  return suggestPppName(personName, await listPppNamesLike(trx, base));
}

/** Writes the connection and asks for its secret. The subscriber is locked by the caller. */
export async function insertConnection(
  useCase: UseCase,
  context: ServiceContext,
  input: ConnectionInput & { subscriberId: string },
  tell: (agentId: string) => void,
): Promise<AddedConnection> {
  const { trx, tenant, at, business } = useCase;
  const isFree = input.once !== undefined && await lockSubscription(trx, input.once) === null;
  // Who pays up front begins with the first purchase: until then nobody dials in, and it is not on for nothing.
  const activation = input.billingDay === "prepaid" ? "by_hand" : input.activation;
  const row: NewSubscription = {
    id: isFree && input.once !== undefined ? input.once : uuidv7(at.epochMilliseconds),
    subscriber_id: input.subscriberId,
    plan_id: input.planId,
    router_id: input.routerId,
    ppp_name: input.pppName,
    billing_mode: input.billingDay === "prepaid" ? "prepaid" : "postpaid",
    anchor_day: input.billingDay === "cycle" ? tenant.cycle_day : null,
    bill_timing: tenant.bill_timing,
    // Somebody else's secret may have that name until it is made.
    secret: "wanted",
    activation,
    activate_on: activation === "day" ? business.today : null,
    created_at: at,
  };
  await insertSubscription(trx, row);
  const subscription = await lockSubscription(trx, row.id);
  if (subscription === null) throw new Error(`Cannot add connection ${row.id}: it was not stored`);
  const made = { subscriberId: input.subscriberId, subscriptionId: row.id, pppName: input.pppName };
  if (input.secret === "link") {
    await secretIsThere(useCase, subscription, "found");
    return { ...made, password: null, notSent: null };
  }
  const sent = await queueSecret(useCase, context, subscription);
  await auditSubscription(
    useCase,
    subscription,
    "added",
    coded("audit_connection_added", { ppp: input.pppName }),
  );
  if (!sent.ok) return { ...made, password: null, notSent: sent.code };
  tell(sent.value.agentId);
  return { ...made, password: sent.value.password, notSent: null };
}
