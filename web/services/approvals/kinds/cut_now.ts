import { z } from "zod";
import { formatDate } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRun, listListed, lockRun } from "@/web/store/billing/runs.ts";
import { type CutRunResult, type ExecuteCutRunCode, executeCutRunIn } from "../../cuts/execute_cut_run.ts";
import { applyBrake } from "../../cuts/plan_cut_run.ts";
import type { UseCase } from "../../use_case.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({ runId: z.uuid() });

type Input = z.output<typeof input>;

/**
 * Cutting many by hand: the list of a day is run before its hour because a person wants it. What the brake has stopped is
 * none of these: that is approved on its own list, row by row, and until then this is refused.
 */
export const cutNowKind: ApprovalKind<Input, CutRunResult, ExecuteCutRunCode> = {
  id: "cut_now",
  version: 1,
  input,
  askPermission: "cut_run:run",
  decide: { permission: "approval:decide", limit: null },
  hasCount: true,
  isOnePerSubject: true,
  words: () => [coded("approval_cut_words")],
  lock: async ({ trx }, { runId }) => void await lockRun(trx, runId),
  preview,
  execute: executeCutRunIn,
  refused,
};

/** What the brake has stopped stays stopped, so that it waits for whoever looks at its list, as the request then says. */
async function refused(useCase: UseCase, { runId }: Input, code: string): Promise<void> {
  if (code !== "awaiting_approval") return;
  const run = await lockRun(useCase.trx, runId);
  if (run !== null) await applyBrake(useCase, run);
}

async function preview(
  { trx, today }: ApprovalMoment,
  { runId }: Input,
): Promise<Result<ApprovalPreview, ExecuteCutRunCode>> {
  const run = await findRun(trx, runId);
  if (run === null || run.kind !== "cut") return err("run_not_found");
  const day = run.business_on;
  if (run.status === "awaiting_approval") return err("awaiting_approval", { day });
  if (Temporal.PlainDate.compare(day, today) > 0) return err("date_in_future", { day });
  const isOver = run.started_at !== null || run.status === "failed" || run.status === "taken_back";
  if (isOver || Temporal.PlainDate.compare(day, today) < 0) return err("run_superseded", { day });
  const listed = await listListed(trx, runId);
  const count = listed.length;
  return ok({
    subject: { kind: "run", id: run.id, label: formatDate(day) },
    subscriberId: null,
    siteId: null,
    amountCentavos: null,
    count,
    effects: [
      coded("approval_cut_rows", { count }),
      coded("approval_cut_again"),
      coded("approval_money_stays"),
    ],
    // Who pays until then stays on its list and is left out when it is done: fewer are cut than were seen. Who comes on the
    // list meanwhile makes it another one, and while this is carried out the locked run lets nobody on.
    seen: seenOf({ runId, day: day.toString(), listed }),
  });
}
