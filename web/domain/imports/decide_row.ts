import { type Coded, coded, codedOf } from "@/shared/codes/mod.ts";

/** What the review says about one profile. */
export type ProfileChoice =
  | { profile: string; planId: string }
  | { profile: string; newPlan: { name: string; priceCentavos: bigint } }
  | { profile: string; skip: true };

/** The review of a batch, as far as a row depends on it. */
export interface ReviewChoices {
  /** What becomes of secrets that are disabled on the router. */
  disabledPolicy: "disconnected" | "skip";
  profiles: readonly ProfileChoice[];
}

/** What an import does with one row. */
export type RowDecision =
  | { action: "create"; choice: Exclude<ProfileChoice, { skip: true }>; isDisabled: boolean }
  /** A subscription on this router already: nothing to do. */
  | { action: "link" }
  | { action: "skip"; reason: Coded }
  /** The review is not complete. */
  | { action: "problem"; reason: Coded };

/** Decides one row. The dry run and the import ask this same function, so that what was counted is what happens. */
export function decideImportRow(
  row: {
    profile: string;
    isDisabled: boolean;
    decision: "import" | "skip";
    isSubscription: boolean;
    issue: string | null;
  },
  choices: ReviewChoices,
): RowDecision {
  if (row.isSubscription) return { action: "link" };
  if (row.decision === "skip") {
    return { action: "skip", reason: row.issue === null ? coded("left_out_in_review") : codedOf(row.issue) };
  }
  if (row.isDisabled && choices.disabledPolicy === "skip") {
    return { action: "skip", reason: coded("disabled_on_router") };
  }
  const choice = choices.profiles.find((one) => one.profile === row.profile);
  if (choice === undefined) {
    return { action: "problem", reason: coded("profile_undecided", { profile: row.profile }) };
  }
  if ("skip" in choice) {
    return { action: "skip", reason: coded("profile_left_out", { profile: row.profile }) };
  }
  return { action: "create", choice, isDisabled: row.isDisabled };
}
