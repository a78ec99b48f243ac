import { z } from "zod";
import { defineJob } from "./define_job.ts";
import { forEachTenant } from "./for_each_tenant.ts";

/**
 * Checks the books: of one tenant when a person asks, of all of them at night. Asked every hour, so that each tenant has
 * its own night and one whose web was off has it later.
 */
export const checkBooksJob = defineJob({
  id: "check_books",
  data: z.union([z.strictObject({ tenantId: z.uuid(), askedBy: z.string() }), z.strictObject({})]),
  keyOf: (data) => "tenantId" in data ? data.tenantId : "night",
  schedule: "41 * * * *",
  retryLimit: 2,
  retryBackoff: true,
  async handle({ context }, data) {
    const { checkBooks, checkBooksAtNight } = await import("@/web/services/billing/check_books.ts");
    if ("tenantId" in data) return void await checkBooks(context, data.tenantId, data.askedBy);
    await forEachTenant(context, "books_not_checked", (tenantId) => checkBooksAtNight(context, tenantId));
  },
});
