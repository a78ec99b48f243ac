import { uuidv7 } from "@/shared/ids.ts";
import type { z } from "zod";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { Asked } from "@/web/app/form/form_types.ts";
import type { Coded } from "@/shared/codes/mod.ts";
import type { idParams } from "@/web/route_table/fields.ts";
import type { payerQuery } from "@/web/route_table/payers.ts";
import { type PayerEffect, readPayerEffect, whyNotNewPayer } from "@/web/services/billing/payer_effect.ts";
import { whyPayerWaits } from "@/web/services/billing/why_waits.ts";
import { type Duplicate, findDuplicates } from "@/web/services/subscribers/find_duplicates.ts";
import { findPlannedPayerChange } from "@/web/store/billing/payer_changes.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listPlaces } from "@/web/store/subscribers/new_subscribers.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import type { SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";
import { findPayers } from "../../payments/(_parts)/payment_form.ts";
import { type ChosenConnection, findConnection } from "./find_connection.ts";
import { typedPerson } from "./load_new.ts";

type AskedPayer = Asked<z.output<typeof idParams>, z.output<typeof payerQuery>>;

/** A connection that is to go to somebody, before it is known to whom. */
export interface FindingPayer extends ChosenConnection {
  step: "find";
  q: string;
  matches: SubscriberListRow[] | null;
  waits: PayerWaits | null;
}

/** A change that is planned already. */
export interface PayerWaits {
  name: string;
  on: Temporal.PlainDate;
  /** Why it is not made though its day has come. */
  why: Coded | null;
}

/** The same with who was chosen. */
export interface GivingTo extends ChosenConnection {
  step: "give";
  to: { id: string; name: string } | "new";
  effects: { today: PayerEffect; next: PayerEffect };
  /** Of the form. */
  once: string;
  /** Why it goes to nobody now. */
  whyNot: Coded | null;
  waits: PayerWaits | null;
  places: { barangays: readonly string[]; cities: readonly string[] };
  duplicates: Duplicate[];
}

/** Reads who fits what was searched for, or what giving it to the chosen one does. */
export async function loadPayer(
  trx: TenantTransaction,
  { params, query, moment, isSent, typed, state }: AskedPayer,
): Promise<FindingPayer | GivingTo> {
  const chosen = await findConnection(trx, params.id, query.connection, moment);
  const waits = await readWaits(trx, chosen, moment);
  const to = isSent ? typed("to") : query.to;
  if (to === undefined || to === "") {
    const q = query.q?.trim() ?? "";
    const all = q === "" ? null : await findPayers(trx, moment, q);
    const matches = all?.filter((row) => row.subscriberId !== params.id) ?? null;
    return { ...chosen, step: "find", q, matches, waits };
  }
  const effect = (when: "today" | "next_boundary") =>
    readPayerEffect(trx, moment.tenant, chosen.connection, { today: moment.today, when, unused: "keep" });
  return {
    ...chosen,
    step: "give",
    to: to === "new" ? "new" : found(await findSubscriber(trx, to)),
    effects: { today: await effect("today"), next: await effect("next_boundary") },
    once: isSent ? typed("once") : uuidv7(Date.now()),
    whyNot: await whyNotNewPayer(trx, chosen.connection),
    waits,
    places: to === "new" ? await listPlaces(trx) : { barangays: [], cities: [] },
    duplicates: to === "new" && isSent ? await findDuplicates(trx, typedPerson(state)) : [],
  };
}

async function readWaits(
  trx: TenantTransaction,
  { connection }: ChosenConnection,
  moment: PageMoment,
): Promise<PayerWaits | null> {
  const waiting = await findPlannedPayerChange(trx, connection.id);
  if (waiting === null) return null;
  return {
    name: (await findSubscriber(trx, waiting.to_subscriber_id))?.name ?? "",
    on: waiting.effective_on,
    why: await whyPayerWaits(trx, connection, waiting, moment),
  };
}
