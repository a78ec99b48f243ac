import { uuidv7 } from "@/shared/ids.ts";
import { firstBillOf, type TaxedFirstBill } from "@/web/services/billing/connection_billing.ts";
import { suggestFor } from "@/web/services/subscribers/add_connection.ts";
import { type Duplicate, findDuplicates } from "@/web/services/subscribers/find_duplicates.ts";
import {
  listPlaces,
  listPppUsers,
  type PppUserRow,
  wasSeenOnRouter,
} from "@/web/store/subscribers/new_subscribers.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { listRouters } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { AppState } from "@/web/app/state.ts";
import { type PageMoment, typed } from "@/web/app/frame/page_context.ts";
import { readOffer } from "@/web/services/billing/prepaid_offer.ts";
import { type Basket, fillBasket } from "./basket.tsx";
import { PERSON_FIELDS, type PersonValues } from "./PersonFields.tsx";

/** What stands in the fields of a connection. */
export interface ConnectionValues {
  plan: string;
  router: string;
  ppp: string;
  secret: string;
  activation: string;
  billing: string;
  /** What a prepaid one buys at once, `days-30`; empty: later. */
  buys: string;
  /** Made when the form is opened, so that sent twice it adds once. */
  once: string;
}

/** Everything that the connection part of a form shows. */
export interface NewConnectionView {
  tenant: TenantRow;
  values: ConnectionValues;
  plans: PlanListRow[];
  routers: { value: string; label: string }[];
  /** PPP user that is taken when the field stays empty. */
  suggestion: string | undefined;
  /** Null until a plan is chosen. */
  bill: TaxedFirstBill | null;
  /** What a prepaid one may buy, as on the page that buys; null until that and a plan are chosen. */
  basket: Basket | null;
  /** Others with the same PPP user. */
  pppUsers: PppUserRow[];
  /** The last import saw a secret of this name on the router. */
  isSeenOnRouter: boolean;
}

/** What a connection begins with. */
export function firstValues(
  tenant: TenantRow,
  chosen: { plan?: string | undefined; router?: string | undefined },
): ConnectionValues {
  return {
    plan: chosen.plan ?? "",
    router: chosen.router ?? "",
    ppp: "",
    secret: "make",
    activation: "first_session",
    billing: tenant.cycle_anchor === "anniversary" ? "anniversary" : "cycle",
    buys: "",
    once: newId(),
  };
}

function newId(): string {
  return uuidv7(Date.now());
}

/** What was typed into the connection fields. */
export function typedConnection(state: AppState): ConnectionValues {
  return {
    plan: typed(state, "plan"),
    router: typed(state, "router"),
    ppp: typed(state, "ppp").trim(),
    secret: typed(state, "secret"),
    activation: typed(state, "activation"),
    billing: typed(state, "billing"),
    buys: typed(state, "buys"),
    once: typed(state, "once") || newId(),
  };
}

/** Nobody is typed yet. */
export const NO_PERSON: PersonValues = {
  name: "",
  phone: "",
  email: "",
  address: "",
  barangay: "",
  city: "",
  notes: "",
};

/** What was typed into the person fields. */
export function typedPerson(state: AppState): PersonValues {
  return Object.fromEntries(PERSON_FIELDS.map((name) => [name, typed(state, name)])) as PersonValues;
}

/** Reads choices, preview and warnings for the values as they stand. */
export async function loadNewConnection(
  trx: TenantTransaction,
  { tenant, today }: Pick<PageMoment, "tenant" | "today">,
  values: ConnectionValues,
  personName: string,
): Promise<NewConnectionView> {
  const sites = new Map((await listSiteOverview(trx)).map((site) => [site.id, site.name]));
  const plans = await listPlans(trx, { withArchived: false });
  const found = await listRouters(trx);
  const routers = found.map(({ id, name, site_id }) => ({
    value: id,
    label: `${name} · ${sites.get(site_id) ?? ""}`,
  }));
  // One router is no choice.
  const [only] = routers;
  const router = values.router === "" && routers.length === 1 && only !== undefined
    ? only.value
    : values.router;
  const suggestion = personName.trim() === "" ? undefined : await suggestFor(trx, personName);
  const name = values.ppp === "" ? suggestion ?? "" : values.ppp;
  const plan = plans.find((row) => row.id === values.plan);
  const isKnownRouter = found.some((row) => row.id === router);
  return {
    tenant,
    values: { ...values, router },
    plans,
    routers,
    suggestion,
    bill: plan === undefined || values.billing === "prepaid" ? null : firstBillOf(tenant, {
      plan,
      timing: tenant.bill_timing,
      anchorDay: values.billing === "anniversary" ? null : tenant.cycle_day,
      activatedOn: today,
    }),
    basket: plan === undefined || values.billing !== "prepaid"
      ? null
      : await firstBasket(trx, { tenant, today }, plan.id, values.buys),
    pppUsers: name === "" ? [] : await listPppUsers(trx, name),
    isSeenOnRouter: values.secret !== "link" && name !== "" && isKnownRouter &&
      await wasSeenOnRouter(trx, router, name),
  };
}

/** What a connection that is not there yet would buy first, by the offer of those that are. */
async function firstBasket(
  trx: TenantTransaction,
  { tenant, today }: Pick<PageMoment, "tenant" | "today">,
  planId: string,
  buys: string,
): Promise<Basket | null> {
  const id = newId();
  const nobody = {
    id,
    subscriber_id: id,
    plan_id: planId,
    next_plan_id: null,
    next_plan_on: null,
    anchor_day: null,
    activated_on: null,
    billed_through_on: null,
  };
  const offer = await readOffer(trx, tenant, nobody, today);
  return fillBasket(offer, { unit: buys }, { prepaid_unit: null, prepaid_count: null });
}

/** Everything that the form for a new subscriber shows. */
export interface NewSubscriberView extends NewConnectionView {
  person: PersonValues;
  places: { barangays: string[]; cities: string[] };
  duplicates: Duplicate[];
}

export async function loadNewSubscriber(
  trx: TenantTransaction,
  moment: Pick<PageMoment, "tenant" | "today">,
  person: PersonValues,
  values: ConnectionValues,
): Promise<NewSubscriberView> {
  return {
    ...await loadNewConnection(trx, moment, values, person.name),
    person,
    places: await listPlaces(trx),
    duplicates: await findDuplicates(trx, person),
  };
}
