import { z } from "zod";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { idParams, pageQuery, queryDate, queryId, queryText, queryWord, reasonText } from "./fields.ts";
import { exportForm, listQuery } from "./lists.ts";

export const billsQuery = z.object({
  status: queryWord(["due", "partly_paid", "grace", "overdue", "paid", "void"]),
  q: queryText(120),
  subscriber: queryId,
  run: queryId,
  plan: queryId,
  site: queryId,
  on: queryDate,
  from: queryDate,
  to: queryDate,
  live: queryWord(["yes"]),
  ...listQuery,
  ...pageQuery,
});
export const billQuery = z.object({ done: queryText(40) });
export const voidForm = z.object({ reason: reasonText });

export const billRoutes: readonly RouteEntry[] = [
  {
    method: "GET",
    pattern: "/admin/bills",
    permission: "bill:read",
    input: billsQuery,
    summary: "Bills by status",
  },
  {
    method: "GET",
    pattern: "/admin/bills.csv",
    permission: "bill:read",
    input: billsQuery,
    summary: "The filtered bills as CSV",
  },
  {
    method: "POST",
    pattern: "/admin/bills.csv",
    permission: "bill:read",
    input: exportForm,
    summary: "The selected bills as CSV",
  },
  {
    method: "GET",
    pattern: "/admin/bills/:id",
    permission: "bill:read",
    params: idParams,
    input: billQuery,
    summary: "One bill with its lines and payments",
  },
  {
    method: "GET",
    pattern: "/admin/bills/:id/void",
    permission: "bill:void",
    params: idParams,
    summary: "What voiding will do",
  },
  {
    method: "POST",
    pattern: "/admin/bills/:id/void",
    permission: "bill:void",
    params: idParams,
    input: voidForm,
    audit: "bill.voided",
    summary: "Void a bill",
  },
];
