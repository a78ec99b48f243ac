import { PgBoss } from "pg-boss";
import type { Logger } from "@/shared/log.ts";
import { grantJobRights, JOBS_SCHEMA } from "@/web/store/db/job_queue.ts";
import { APP_ROLE } from "@/web/store/db/roles.ts";
import { JOBS } from "./mod.ts";

/** A job whose process is silent for so long is dead: two refreshes of ten seconds. Its work may be repeated. */
const HEARTBEAT_SECONDS = 20;

/**
 * Creates or upgrades the job tables as their owner and lets the web work in them. Called after the migrations, with
 * the same address; the web itself never changes the schema. May be repeated.
 *
 * @param ownerUrl DATABASE_OWNER_URL
 */
export async function installJobs(
  ownerUrl: string,
  log: Logger,
  options: { appRole?: string } = {},
): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: JOBS_SCHEMA,
    max: 2,
    supervise: false,
    schedule: false,
    application_name: "linya-jobs-install",
  });
  boss.on("error", (error) => log.warn("jobs_install_error", { error: error.message }));
  await boss.start();
  try {
    for (const { id, policy = "exclusive", retryLimit = 0, retryBackoff = false } of JOBS) {
      const options = {
        retryLimit,
        retryBackoff,
        expireInSeconds: 3600,
        deleteAfterSeconds: 86_400,
        ...(policy === "exclusive" ? { heartbeatSeconds: HEARTBEAT_SECONDS } : {}),
      };
      await boss.createQueue(id, { policy, ...options });
      // One that is there already is left as it was by the line above.
      await boss.updateQueue(id, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  await grantJobRights(ownerUrl, options.appRole ?? APP_ROLE);
}
