import type { z } from "zod";
import type { paymentsQuery } from "@/web/route_table/payments.ts";
import type { PaymentFilter } from "@/web/store/payments/payments_page.ts";

/** The filter of an address. */
export function filterOf(query: z.infer<typeof paymentsQuery>): PaymentFilter {
  const { method, status, subscriber: subscriberId, on: recordedOn, from, to, q } = query;
  return { method, status, subscriberId, recordedOn, recordedFrom: from, recordedTo: to, q };
}
