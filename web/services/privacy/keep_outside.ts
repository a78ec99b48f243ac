import type { ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import type { ServiceContext } from "../context.ts";

/**
 * Tells the list outside of the database. The erasure stands already: what cannot be written is written at the next start,
 * and the doctor says so meanwhile.
 */
export async function keepOutside(
  { erasures, log }: Pick<ServiceContext, "erasures" | "log">,
  listed: readonly ListedErasure[],
): Promise<void> {
  try {
    await erasures?.add(listed);
  } catch (error) {
    log.error("erasure_not_listed", { error });
  }
}
