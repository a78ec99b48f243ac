import { formatCoded, says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { parsePeso } from "@/shared/money/mod.ts";
import { formDate, formText, pageQuery, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";
import { IMPORT_MAX } from "@/web/domain/imports/limits.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/** Rows that one page of the review holds at most. */
export const REVIEW_PAGE_ROWS = 200;
/** States of an import, as the history tells them apart. */
export const IMPORT_STATES = ["reading", "review", "running", "done", "failed", "undone"] as const;
export const importsQuery = z.object({
  ...pageQuery,
  ...listQuery,
  status: queryWord(IMPORT_STATES),
  router: queryId,
});
export const startImportForm = z.object({ routerId: z.uuid(says("choose_router")) });
export const importRowsQuery = z.object({
  ...pageQuery,
  ...listQuery,
  q: queryText(80),
  show: queryWord(["issues", "prepaid", "skipped", "failed"]),
});

const choice = z.union([z.uuid(), z.enum(["new", "skip", ""])]);

/** One profile of the review as the form sends it: `profile.0`, `choice.0`, `plan.0`, `price.0`. */
export type ProfileAnswer =
  | { profile: string; planId: string }
  | { profile: string; newPlan: { name: string; priceCentavos: bigint } }
  | { profile: string; skip: true };

type Refuse = (field: string, message: string) => void;

/** The review of an import; what is decided about its profiles is read by {@linkcode profileAnswers}. */
export const importReviewForm = z.looseObject({
  firstBillOn: formDate,
  disabledPolicy: z.enum(["disconnected", "skip"], says("choose_disabled_policy")),
}).superRefine(
  (values, ctx) => {
    profileAnswers(values, (field, message) => ctx.addIssue({ code: "custom", path: [field], message }));
  },
  // Also when the date is wrong: everything that is wrong is said at once.
  { when: () => true },
);

/** What is decided about each profile, with its place in the form. */
export function profileAnswers(
  values: Readonly<Record<string, unknown>>,
  refuse: Refuse = () => {},
): { at: number; answer: ProfileAnswer }[] {
  const answers: { at: number; answer: ProfileAnswer }[] = [];
  for (let at = 0; at < IMPORT_MAX.profiles && values[`profile.${at}`] !== undefined; at++) {
    const answer = readProfile(values, at, (field, message) => refuse(`${field}.${at}`, message));
    if (answer !== null) answers.push({ at, answer });
  }
  return answers;
}

/** Null: not decided yet, or not valid. */
function readProfile(
  values: Readonly<Record<string, unknown>>,
  at: number,
  refuse: Refuse,
): ProfileAnswer | null {
  const profile = String(values[`profile.${at}`]);
  const chosen = choice.safeParse(values[`choice.${at}`] ?? "");
  if (!chosen.success) {
    refuse("choice", says("choose_listed"));
    return null;
  }
  if (chosen.data === "") return null;
  if (chosen.data === "skip") return { profile, skip: true };
  if (chosen.data !== "new") return { profile, planId: chosen.data };
  const name = formText(PLAN_MAX.name).safeParse(values[`plan.${at}`] ?? "");
  if (!name.success || name.data === "") {
    refuse("plan", name.error?.issues[0]?.message ?? says("type_plan_name"));
  }
  const typedPrice = String(values[`price.${at}`] ?? "").slice(0, 500);
  const price = parsePeso(typedPrice);
  if (typedPrice.trim() === "") refuse("price", says("type_monthly_price", { profile }));
  else if (!price.ok) refuse("price", formatCoded(price));
  else if (price.value < 0n || price.value > IMPORT_MAX.priceCentavos) {
    refuse(
      "price",
      says("monthly_price_absurd", { max: IMPORT_MAX.priceCentavos }),
    );
  }
  if (!name.success || name.data === "" || !price.ok) return null;
  return { profile, newPlan: { name: name.data, priceCentavos: price.value } };
}

const many = z.union([z.string(), z.array(z.string())]).optional()
  .transform((value) => value === undefined ? [] : [value].flat());

/** A file of bought time; the file itself is no field. */
export const boughtTimeForm = z.object({
  order: z.enum(["month_first", "day_first"], says("choose_listed")),
});

/** The rows of one page: `ppp`, `name` and `phone` in the same order, `take` for those that are ticked. */
export const importRowsForm = z.object({
  ppp: many,
  name: many,
  phone: many,
  take: many,
  after: pageQuery.after,
  before: pageQuery.before,
  q: queryText(80),
  show: queryWord(["issues", "prepaid", "skipped", "failed"]),
  ...listQuery,
}).superRefine(({ ppp, name, phone }, ctx) => {
  const refuse: Refuse = (field, message) => ctx.addIssue({ code: "custom", path: [field], message });
  if (ppp.length > REVIEW_PAGE_ROWS || name.length !== ppp.length || phone.length !== ppp.length) {
    return refuse("", says("form_incomplete"));
  }
  ppp.forEach((_, at) => {
    const typed = { name: (name[at] ?? "").trim(), phone: (phone[at] ?? "").trim() };
    if (typed.name === "" || typed.name.length > CONTACT_MAX.name) {
      refuse(`name.${at}`, says("name_up_to", { max: CONTACT_MAX.name }));
    }
    if (typed.phone !== "" && !/^[+\d][\d\s().-]{0,29}$/.test(typed.phone)) {
      refuse(`phone.${at}`, says("digits_only"));
    }
  });
});

/** The rows of a page that was sent, and whether each is to be imported. */
export function reviewedRows({ ppp, name, phone, take }: z.output<typeof importRowsForm>) {
  const taken = new Set(take);
  return ppp.map((account, at) => ({
    account,
    name: (name[at] ?? "").trim(),
    phone: (phone[at] ?? "").trim(),
    decision: taken.has(account) ? "import" as const : "skip" as const,
  }));
}
