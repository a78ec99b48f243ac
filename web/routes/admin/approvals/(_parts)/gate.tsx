import { type Centavos, centavos, formatPeso } from "@/shared/money/mod.ts";
import { actorOf, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { type ApprovalKindId, type ApprovalWay, NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { type AskOutcome, findWay } from "@/web/services/approvals/ask_or_run.ts";
import { listDeciders, sitesOf } from "@/web/services/approvals/people.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { staffIdOf } from "@/web/services/context.ts";
import { findSoleOwner, listPolicies } from "@/web/store/approvals/policies.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Names that are said; further ones are counted. */
const NAMED = 3;

/** How an operation would go on, as the form says before it is sent. */
export interface Gate {
  way: ApprovalWay;
  /** An approval is needed from this amount on; null where it does not go by an amount, or none is needed. */
  fromCentavos: Centavos | null;
  /** Who could decide. */
  deciders: readonly string[];
  coolingHours: number;
}

/** What the operation is about, as far as the form knows it. */
export interface Gated {
  amountCentavos?: Centavos | null;
  /** How many connections, for what goes by that. */
  count?: number | null;
  subscriberId?: string | null;
  siteId?: string | null;
}

/** Reads how an operation would go on if whoever opened the page sent the form now. */
export async function loadGate(
  trx: TenantTransaction,
  { state, moment }: { state: AppState; moment: PageMoment },
  kind: ApprovalKindId,
  { amountCentavos = null, count = null, subscriberId = null, siteId = null }: Gated,
): Promise<Gate> {
  const none = { way: "run", fromCentavos: null, deciders: [], coolingHours: 0 } as const;
  const policy = (await listPolicies(trx)).get(kind) ?? NO_APPROVAL;
  if (policy.mode === "off") return none;
  const actor = actorOf(state);
  const way = await findWay({ trx, ...moment }, actor, kind, { amountCentavos, count, subscriberId, siteId });
  const isByAmount = policy.mode === "above" && policy.fromCount === null;
  const fromCentavos = isByAmount ? centavos(policy.fromCentavos ?? 0n) : null;
  if (way === "run" && fromCentavos === null) return none;
  const siteIds = await sitesOf(trx, { siteId, subscriberId });
  const request = { askedById: staffIdOf(actor), askedBy: actor.label, amountCentavos, siteIds };
  const deciders = (await listDeciders(trx, request, kindOf(kind))).map(({ name }) => name);
  return { way, fromCentavos, deciders, coolingHours: (await findSoleOwner(trx)).coolingHours };
}

/** Says before the form is sent that it needs an approval, and by whom. */
export function GateNote({ gate, t }: { gate: Gate; t: Translate }) {
  const { way, fromCentavos, deciders, coolingHours } = gate;
  if (way === "own_at_once") return null;
  if (way === "own_cooling_off") {
    return <Banner tone="info">{t("approvals.gate_cooling", { n: coolingHours })}</Banner>;
  }
  const by = byWords(deciders, t);
  if (way === "ask") return <Banner tone="info" title={by}>{t("approvals.gate_ask_note")}</Banner>;
  if (fromCentavos === null) return null;
  return <p class="note">{t("approvals.gate_from", { amount: formatPeso(fromCentavos), by })}</p>;
}

function byWords(deciders: readonly string[], t: Translate): string {
  if (deciders.length === 0) return t("approvals.gate_by_nobody");
  const names = deciders.slice(0, NAMED).join(", ");
  return t("approvals.gate_by", { names, more: Math.max(0, deciders.length - NAMED) });
}

/** What the button says: asking is another thing than doing. */
export function gateVerb({ way }: Gate, t: Translate, verb: string): string {
  if (way === "ask") return t("approvals.gate_verb");
  return way === "own_cooling_off" ? t("approvals.gate_verb_cooling") : verb;
}

/** Where it goes on: with the request that was stored, or with what was done. */
export function afterAsking<Value>(
  state: AppState,
  done: AskOutcome<Value>,
  after: { done: (value: Value) => string; cannotRead: string },
): string {
  if (done.outcome === "done") return after.done(done.value);
  const path = `/admin/approvals/${done.requestId}?done=${done.outcome}`;
  return may(state, "approval:read") ? path : after.cannotRead;
}
