import { clipWords, fold, readableText } from "@/shared/text/mod.ts";
import { PLAN_MAX } from "../billing/limits.ts";

/** A plan as far as suggestions look at it. */
export interface PlanOption {
  id: string;
  name: string;
  pppProfile: string | null;
  speed: string | null;
}

/**
 * The plan that a router profile most likely is: the one that sets this profile, else one of the same name, else the
 * only one of the same speed. Null: the person decides, or makes a new plan.
 */
export function suggestPlan(
  profile: { name: string; rateLimit: string | null },
  plans: readonly PlanOption[],
): string | null {
  const byProfile = plans.find((plan) => plan.pppProfile === profile.name);
  if (byProfile) return byProfile.id;
  // A plan that sets another profile would change the router, and an import never does.
  const free = plans.filter((plan) => plan.pppProfile === null);
  const byName = free.find((plan) => plain(plan.name) === plain(profile.name));
  if (byName) return byName.id;
  const speed = speedOf(profile.rateLimit) ?? speedOf(profile.name);
  const bySpeed = speed === null
    ? []
    : free.filter((plan) => (speedOf(plan.speed) ?? speedOf(plan.name)) === speed);
  return bySpeed.length === 1 ? bySpeed[0]!.id : null;
}

/** Name for a plan made from a profile: `plan-50M_fiber` reads `plan 50M fiber`. */
export function suggestPlanName(profileName: string): string {
  const words = readableText(profileName).replace(/[_-]+/g, " ").replace(/\s+/g, " ").trim();
  return clipWords(words, PLAN_MAX.name) || "Plan";
}

function plain(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]/gu, "");
}

/** Download speed in Mbps: the second figure of `upload/download`, else the only one; null without a figure. */
function speedOf(text: string | null): number | null {
  const figures = [...(text ?? "").split(" ")[0]!.matchAll(/(\d+(?:\.\d+)?)\s*([kmg])?/gi)];
  const last = figures.at(1) ?? figures.at(0) ??
    [...(text ?? "").matchAll(/(\d+(?:\.\d+)?)\s*([kmg])?/gi)].at(0);
  if (last === undefined) return null;
  const factor = { k: 0.001, m: 1, g: 1000 }[(last[2] ?? "m").toLowerCase()] ?? 1;
  return Number(last[1]) * factor;
}
