import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { CUT_STAGES, type CutCounts } from "@/web/store/cuts/cut_stages.ts";

/** What a run's decisions have become on the routers: `8 off, 5 waiting for the router`. */
export function cutWords(t: Translate, counts: CutCounts): string {
  return CUT_STAGES.filter((stage) => counts[stage] > 0 || stage === "off")
    .map((stage) => t(`tonight.cuts_${stage}`, { n: formatCount(counts[stage]) })).join(", ");
}
