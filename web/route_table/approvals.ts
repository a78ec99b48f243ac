import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { APPROVAL_KIND_IDS, REQUEST_STATES } from "@/web/domain/approvals/mod.ts";
import { DECIDE_AT_ONCE_MAX } from "@/web/domain/approvals/limits.ts";
import { formText, optionalPeso, pageQuery, queryId, queryText, queryWord } from "./fields.ts";
import { chosenRows, listQuery } from "./lists.ts";
import type { MessageKey } from "@/web/messages/mod.ts";

/** Whose requests a list shows: what one may decide, what one asked for, what is over, or all. */
export const REQUEST_VIEWS = ["decide", "mine", "done", "all"] as const;

export const approvalsQuery = z.object({
  view: queryWord(REQUEST_VIEWS),
  kind: queryWord(APPROVAL_KIND_IDS),
  state: queryWord(REQUEST_STATES),
  subscriber: queryId,
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});

/** What happened just before, on the page of a request. */
export const approvalQuery = z.object({ done: queryText(40) });

const decision = z.enum(["approve", "decline"], "approvals.choose_decision" satisfies MessageKey);
const note = formText(REASON_MAX).optional().default("");

/** A decision about a request as it was shown. */
export const decideForm = z.object({
  decision,
  note,
  revision: z.coerce.number().int().min(1).max(1_000_000),
  /** Empty where it could not be carried out as it was shown. */
  seen: z.string().max(40).optional().default(""),
});

/** Some requests of a list, to be decided together. */
export const decideManyQuery = z.object({
  ...chosenRows,
  step: z.enum(["ask", "do"]).catch("ask"),
  decide: decision.catch("approve"),
});

const SHOWN = /^([0-9a-f-]{36})\.(\d{1,7})\.([\w-]{0,40})$/;

/** Which requests that were decided together; without it there are none. */
export const decidedQuery = z.object({ key: z.uuid().optional().catch(undefined) });

/** Each as it was shown: id, revision and what was seen. */
export const decideManyForm = z.object({
  note,
  /** Made with the question: sent twice it is one. */
  key: z.uuid().optional(),
  shown: z.string().max(DECIDE_AT_ONCE_MAX * 100).optional().default("").transform((text) =>
    text.split(",").flatMap((one) => {
      const found = SHOWN.exec(one);
      return found === null ? [] : [{
        requestId: found[1] ?? "",
        revision: Number(found[2]),
        seen: found[3] ?? "",
      }];
    }).filter(({ requestId }) => z.uuid().safeParse(requestId).success)
  ).refine((requests) => requests.length <= DECIDE_AT_ONCE_MAX),
});

/** An export that is asked for, sealed by the file that was refused. */
export const askExportQuery = z.object({ what: queryText(12_000) });
/** Why it is asked for. */
export const askExportForm = z.object({
  what: z.string().max(12_000).optional().default(""),
  reason: formText(REASON_MAX),
});

export const kindParams = z.object({ kind: z.enum(APPROVAL_KIND_IDS) });
export const policiesQuery = z.object({ done: queryText(40) });

const wholeNumber = z.string(says("fill_in_once")).transform((text) =>
  /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : 0
);

/** When operations of a kind need an approval. */
export const policyForm = z.object({
  mode: z.enum(["off", "always", "above"], says("not_offered")),
  /** Typed only for a policy that goes by the amount. */
  from: optionalPeso,
  /** Typed only for one that goes by the number of connections. */
  count: z.string().optional().transform((text) => /^\s*\d{1,6}\s*$/.test(text ?? "") ? Number(text) : null),
  binds: z.enum(["others", "everyone"], says("not_offered")),
  days: wholeNumber,
});

/** What becomes of operations that only their asker could approve. */
export const soleOwnerForm = z.object({
  mode: z.enum(["at_once", "cooling_off"], says("not_offered")),
  hours: wholeNumber,
});
