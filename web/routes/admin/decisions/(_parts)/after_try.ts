import type { BillRunResult } from "@/web/services/billing/issue_bills.ts";

/** The page again, with what became of trying to bill one connection. */
export function afterTry({ issued, failed }: BillRunResult, id: string): string {
  const done = failed > 0 ? "still" : issued > 0 ? "billed" : "nothing_due";
  return `/admin/decisions/${id}?done=${done}`;
}
