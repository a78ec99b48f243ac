import type { RouterRemark } from "@/shared/protocol/mod.ts";
import type { OpenQuestion } from "../../journal/marks_store.ts";

/** What may not be as it should be of a router that is read. */
export interface Shortcomings {
  question: OpenQuestion | null;
  /** Why nothing may be written, in the router's words. */
  refusal: string | null;
  isUplinkDown: boolean;
  /** It takes it for a year in which it cannot have been made. */
  isClockUnset: boolean;
  /** Profiles that the router does not have, and how many accounts should have each. */
  missingProfiles: ReadonlyMap<string, number>;
  /** Of rows that came without an id. */
  skipped: string | null;
}

/** Names that a sentence gives; a person looks the others up. */
const NAMED = 5;

/** What a person is told, the worst first. */
export function remarksOf(found: Shortcomings): RouterRemark[] {
  const { question, refusal, isUplinkDown, isClockUnset, missingProfiles, skipped } = found;
  const remarks: RouterRemark[] = [];
  if (question?.kind === "changed_at_once") {
    remarks.push({ code: "router_changed_at_once", message: changedMessage(question) });
  }
  if (refusal !== null) remarks.push({ code: "router_may_not_write", message: refusal });
  if (isUplinkDown) remarks.push({ code: "router_uplink_down", message: UPLINK_DOWN });
  if (missingProfiles.size > 0) {
    remarks.push({ code: "router_profile_missing", message: missingMessage(missingProfiles) });
  }
  if (isClockUnset) remarks.push({ code: "router_clock_unset", message: CLOCK_UNSET });
  if (skipped !== null) remarks.push({ code: "router_row_without_id", message: skipped });
  return remarks;
}

const UPLINK_DOWN = "The router answers, but none of its default routes is active. " +
  "Cuts wait until it has a way out again; whoever pays is connected as always.";

const CLOCK_UNSET =
  "The router does not know what time it is. Its log and the times of its sessions are wrong until " +
  "it has asked a time server; Linya goes by its own clock.";

/** That it came at once is said only where it is known. */
function changedMessage(question: OpenQuestion): string {
  return `${question.is_sudden === true ? suddenly(question) : asItStands(question)}. ` +
    "Was a backup restored, or the router replaced? " +
    "Until somebody says, nobody is cut and no profile is set; whoever should be on is enabled as always.";
}

function suddenly({ of, enabled, missing }: OpenQuestion): string {
  return `Many of the ${of} accounts changed at once: ${enabled} that Linya had cut ${
    areOrIs(enabled)
  } on, ` +
    `${missing} ${areOrIs(missing)} gone`;
}

function asItStands({ of, enabled, missing }: OpenQuestion): string {
  const on = `${enabled} of the ${of} accounts ${areOrIs(enabled)} on although Linya had cut ` +
    `${enabled === 1 ? "it" : "them"}`;
  return `${on}${missing === 0 ? "" : `, and ${missing} ${areOrIs(missing)} gone`}; since when is not known`;
}

function areOrIs(count: number): string {
  return count === 1 ? "is" : "are";
}

function missingMessage(profiles: ReadonlyMap<string, number>): string {
  const named = [...profiles].sort(([a], [b]) => a < b ? -1 : 1).slice(0, NAMED)
    .map(([name, count]) => `"${name}" (${count} ${count === 1 ? "account" : "accounts"})`);
  const more = profiles.size - named.length;
  return `The router has no PPP profile ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ` +
    "These accounts keep the profile that they have. Add it there, or give the plan another one.";
}
