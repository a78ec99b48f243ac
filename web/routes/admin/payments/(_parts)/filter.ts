import type { z } from "zod";
import { paymentsQuery } from "@/web/route_table/payments.ts";
import type { PaymentFilter } from "@/web/store/payments/payments_page.ts";
import { readFilter } from "../../(_lists)/frame.ts";

/** The filter of an address. */
export function filterOf(query: z.infer<typeof paymentsQuery>): PaymentFilter {
  const { method, status, subscriber: subscriberId, on: recordedOn, from, to, q } = query;
  return { method, status, subscriberId, recordedOn, recordedFrom: from, recordedTo: to, q };
}

/** The rows that a form of the list means. */
export function chosenFilter(form: { id: readonly string[]; all: boolean; filter: string }): PaymentFilter {
  return form.all ? filterOf(readFilter(paymentsQuery, form.filter)) : { ids: form.id };
}
