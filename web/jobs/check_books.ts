import { z } from "zod";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { defineJob } from "./define_job.ts";

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
    const errors: unknown[] = [];
    for (const tenantId of await lookupTenants(context.db)) {
      try {
        await checkBooksAtNight(context, tenantId);
      } catch (error) {
        // The others have their night all the same; the job fails, and is tried again, once they have had it.
        context.log.error("books_not_checked", { tenant_id: tenantId, error });
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new AggregateError(errors, `Cannot check the books of ${errors.length} tenants`);
    }
  },
});
