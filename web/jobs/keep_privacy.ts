import { z } from "zod";
import { forEachTenant } from "./for_each_tenant.ts";
import { defineJob } from "./define_job.ts";

/** Erases whoever asked for it as soon as nothing stands against it, and removes what is older than it is kept. */
export const keepPrivacyJob = defineJob({
  id: "keep_privacy",
  data: z.object({}),
  schedule: "37 18 * * *",
  retryLimit: 2,
  retryBackoff: true,
  async handle({ context }) {
    const { keepPrivacy } = await import("@/web/services/privacy/keep_privacy.ts");
    await forEachTenant(context, "privacy_not_kept", (tenantId) => keepPrivacy(context, tenantId));
  },
});
