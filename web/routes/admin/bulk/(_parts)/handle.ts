import { type Context, page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { Result } from "@/shared/result.ts";
import { readInput } from "@/web/app/input.ts";
import type { AppState } from "@/web/app/state.ts";
import { withAbout } from "@/web/app/about.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";
import { type BulkOutcome, type BulkTargets, digestOf } from "@/web/services/subscribers/bulk.ts";
import { type BulkRow, listBulkRows } from "@/web/store/subscribers/bulk.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { findSubjectName } from "@/web/store/subscribers/subject_name.ts";
import { nothingTicked, withDone } from "@/web/app/list/chosen.ts";
import { type BulkInput, readerOf } from "./targets.ts";

/** The question of an action on many rows. */
export interface BulkAsk<Extra> {
  form: BulkInput;
  /** Rows as they stand now; those of other tenants and cancelled ones are not among them. */
  rows: BulkRow[];
  /** Whose the only row is; null when there are several. */
  only: string | null;
  key: string;
  seen: string;
  problems: Record<string, string>;
  /** The list changed after the question was asked: so many rows were confirmed. */
  changedFrom: number | null;
  extra: Extra;
}

interface BulkHandling<Extra> {
  title: MessageKey;
  /** Code of the message on the list afterwards. */
  done: string;
  /** Which field a refusal belongs to. */
  fields: Readonly<Record<string, string>>;
  extra(trx: TenantTransaction): Promise<Extra>;
  act(
    state: AppState,
    form: BulkInput,
    targets: BulkTargets,
  ): Promise<Result<BulkOutcome> | { problems: Record<string, string> }>;
}

/** Asks, then acts: one way for every action on many rows. */
export function bulkHandlers<Extra>(handling: BulkHandling<Extra>) {
  return {
    // The address of a question, opened again.
    GET: (ctx: Context<AppState>) => ctx.redirect("/admin/subscribers", 303),
    async POST(ctx: Context<AppState>) {
      const { state } = ctx;
      state.title = state.t(handling.title);
      const form = readInput(state, bulkForm);
      if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
      const read = readerOf(state, form);
      const ask = async (
        problems: Record<string, string>,
        status: number,
        changedFrom: number | null = null,
      ) => page(await readAsk(state, form, read, handling, { problems, changedFrom }), { status });
      if (form.step === "ask" || form.key === undefined) return await ask({}, 200);
      const result = await handling.act(state, form, { key: form.key, read, seen: form.seen });
      if ("problems" in result) return await ask(result.problems, 422);
      if (result.ok) {
        const location = withDone(form.back, doneQuery(handling.done, result.value));
        const [only, ...others] = form.all ? [] : form.id;
        const named = only !== undefined && others.length === 0 ? withAbout(location, only) : location;
        return ctx.redirect(await withUndo(state, named, form.key), 303);
      }
      if (result.code === "nobody_chosen") {
        return ctx.redirect(withDone(form.back, { done: "nobody_left" }), 303);
      }
      if (result.code === "list_changed") return await ask({}, 409, seenCount(state));
      return await ask({ [handling.fields[result.code] ?? ""]: refusalText(ctx.state, result) }, 422);
    },
  };
}

async function readAsk<Extra>(
  state: AppState,
  form: BulkInput,
  read: (trx: TenantTransaction) => Promise<string[]>,
  handling: BulkHandling<Extra>,
  about: Pick<BulkAsk<Extra>, "problems" | "changedFrom">,
): Promise<BulkAsk<Extra>> {
  const { today, now } = momentOf(state);
  return await readPage(state, async (trx) => {
    const ids = await read(trx);
    const rows = (await listBulkRows(trx, ids, today)).filter((row) => row.status !== "cancelled");
    const [only, ...others] = rows;
    return {
      form,
      rows,
      only: only === undefined || others.length > 0
        ? null
        : (await findSubjectName(trx, only.id))?.name ?? null,
      // A refused form is still the same action; a changed list is another.
      key: about.changedFrom === null && form.key !== undefined ? form.key : uuidv7(now.epochMilliseconds),
      seen: await digestOf(ids),
      extra: await handling.extra(trx),
      ...about,
    };
  });
}

/** How many rows the question was about. */
function seenCount(state: AppState): number {
  const count = Number(state.inputValues.count);
  return Number.isInteger(count) && count >= 0 ? count : 0;
}

function doneQuery(done: string, { changed, same, left }: BulkOutcome): Record<string, string> {
  return {
    done,
    n: String(changed),
    ...(same > 0 ? { same: String(same) } : {}),
    ...(left > 0 ? { left: String(left) } : {}),
  };
}
