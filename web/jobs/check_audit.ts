import { z } from "zod";
import { forEachTenant } from "./for_each_tenant.ts";
import { defineJob } from "./define_job.ts";

/** Looks at the audit log of each company once a night, and signs its end. Asked every hour, as the check of the books is. */
export const checkAuditJob = defineJob({
  id: "check_audit",
  data: z.object({}),
  schedule: "51 * * * *",
  retryLimit: 2,
  retryBackoff: true,
  async handle({ context }) {
    const { checkAuditAtNight } = await import("@/web/services/check_audit.ts");
    await forEachTenant(context, "audit_not_checked", (tenantId) => checkAuditAtNight(context, tenantId));
  },
});
