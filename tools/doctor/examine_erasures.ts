import { formatCount } from "@/web/format.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { listedOfDatabase, listNotApplied } from "@/web/services/privacy/apply_erasures_again.ts";
import type { Finding } from "./examine.ts";

const SHOWN = 20;

/** Whether whoever was erased is erased here, and whether the list outside of the database knows of everybody. */
export async function erasuresOf(context: ServiceContext): Promise<Finding> {
  const { erasures } = context;
  try {
    const listed = await erasures?.read() ?? [];
    const missing = await listNotApplied(context, listed);
    if (missing.length > 0) {
      return {
        state: "broken",
        text:
          `${
            formatCount(missing.length)
          } people who were erased are whole in this database. Restart the web, ` +
          "or run deno task privacy:reapply FILE",
        more: missing.slice(0, SHOWN).map(({ account, erased_at: at }) => `account ${account}, erased ${at}`),
      };
    }
    const known = new Set(listed.map(({ erasure }) => erasure));
    const unlisted = (await listedOfDatabase(context)).filter(({ erasure }) => !known.has(erasure)).length;
    if (unlisted > 0) {
      return {
        state: "warn",
        text: `${formatCount(unlisted)} erasures are not in the list yet: it is written when the web starts`,
      };
    }
    return { state: "ok", text: `${formatCount(listed.length)} erasures of the list are applied` };
  } catch (error) {
    return { state: "broken", text: error instanceof Error ? error.message : String(error) };
  }
}
