import { uuidv7 } from "@/shared/ids.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import type { Asked, FormView, Submission } from "@/web/app/form/form_types.ts";
import { withDone } from "@/web/app/list/chosen.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { formatCount } from "@/web/format.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";
import { type BulkOutcome, type BulkTargets, digestOf } from "@/web/services/subscribers/bulk.ts";
import { type BulkRow, listBulkRows } from "@/web/store/subscribers/bulk.ts";
import { findSubjectName } from "@/web/store/subscribers/subject_name.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { asSeen } from "@/web/app/frame/page_context.ts";
import { type BulkInput, readerOf } from "./targets.ts";

/** The rows that a question is about. */
export interface ManyRows {
  form: BulkInput;
  /** Rows as they stand now; those of other tenants and cancelled ones are not among them. */
  rows: BulkRow[];
  /** Whose the only row is; null when there are several. */
  only: string | null;
  key: string;
  seen: string;
  /** The list changed after the question was asked: so many rows were confirmed. */
  changedFrom: number | null;
}

type AskedMany = Asked<unknown, BulkInput>;
type View = Pick<FormView<ManyRows, string>, "loaded" | "t">;

/** What the questions about many rows share: they are asked by a list, with its ticked rows or its filter. */
export const aboutMany = {
  query: bulkForm,
  load: readMany,
  isAskedFor: ({ query: { step, key } }: AskedMany) => step === "ask" || key === undefined,
  leave: ({ form }: ManyRows, { isSent }: AskedMany) => {
    // The address of a question, opened again.
    if (!isSent) return "/admin/subscribers";
    return form.all || form.id.length > 0 ? null : withDone(form.back, { done: "nothing_ticked" });
  },
  leaveOn: {
    nobody_chosen: ({ form }: ManyRows) => withDone(form.back, { done: "nobody_left" }),
  },
  back: backOf,
  above: ({ t, loaded: { changedFrom, rows } }: View) =>
    changedFrom !== null && (
      <Banner tone="warn" title={t("tables.changed_title")} live>
        {t("tables.changed", { before: formatCount(changedFrom), now: formatCount(rows.length) })}
      </Banner>
    ),
  hidden: ({ loaded: { form, key, seen, rows } }: View): Record<string, string> => ({
    step: "do",
    list: form.list,
    key,
    seen,
    count: String(rows.length),
    filter: form.filter,
    back: form.back,
    ...(form.all ? { all: "yes" } : {}),
  }),
  undo: (_outcome: unknown, { loaded: { key } }: { loaded: ManyRows }) => key,
} as const;

function backOf({ t, loaded: { form } }: View) {
  return { href: ownPath(form.back) ?? "/admin/subscribers", label: t("tables.back") };
}

/** In place of the question when it would be about nobody: that there is nothing to do, and the way back. */
export function blockedAt(view: View, count: number, title: string) {
  if (count > 0) return null;
  const { href, label } = backOf(view);
  return (
    <EmptyState title={title} actions={<LinkButton kind="primary" href={href}>{label}</LinkButton>}>
      {view.t("tables.none_left_why")}
    </EmptyState>
  );
}

/** The rows that a form means, as they stand now. */
export async function readMany(trx: TenantTransaction, asked: AskedMany): Promise<ManyRows> {
  const { state, query: form, moment: { today, now } } = asked;
  const ids = await readerOf(state, form)(trx);
  const rows = (await listBulkRows(trx, ids, today)).filter((row) => row.status !== "cancelled");
  const [only, ...others] = rows;
  const seen = await digestOf(ids);
  const isDone = form.step === "do" && form.key !== undefined;
  const changedFrom = isDone && form.seen !== seen ? seenCount(asked.typed("count")) : null;
  return {
    form,
    rows,
    only: only === undefined || others.length > 0
      ? null
      : (await findSubjectName(trx, only.id))?.name ?? null,
    // A refused form is still the same action; a changed list is another.
    key: changedFrom === null && form.key !== undefined ? form.key : uuidv7(now.epochMilliseconds),
    seen,
    changedFrom,
  };
}

/** Whom the use case acts on: read again under its lock, and refused when they are others than were confirmed. */
export function targetsOf({ state, loaded: { form, key } }: Submission<ManyRows>): BulkTargets {
  return { key: form.key ?? key, read: asSeen(state, readerOf(state, form)), seen: form.seen };
}

/** `Juan Reyes: Hold 1 connection?` */
export function questionOf({ only }: ManyRows, question: string): string {
  return only === null ? question : `${only}: ${question}`;
}

/** What will happen, a sentence each; what does not apply is left out. */
export function effectOf(...sentences: readonly (string | false)[]): string {
  return sentences.filter((text) => text !== false).join(" ");
}

/** The ticked rows, sent along. */
export function TickedRows({ of: { form } }: { of: ManyRows }) {
  if (form.all) return null;
  return <>{form.id.map((id) => <input key={id} type="hidden" name="id" value={id} />)}</>;
}

/** `₱1,200.00` */
export function owedBy(rows: readonly BulkRow[]): string {
  return formatPeso(centavos(rows.reduce((total, row) => total + row.balance_centavos, 0n)));
}

/** The list again, with what was done; a single row is named. */
export function listAfter(
  done: string,
  { changed, same, left }: BulkOutcome,
  { loaded: { form } }: { loaded: ManyRows },
): string {
  const location = withDone(form.back, {
    done,
    n: String(changed),
    ...(same > 0 ? { same: String(same) } : {}),
    ...(left > 0 ? { left: String(left) } : {}),
  });
  const [only, ...others] = form.all ? [] : form.id;
  return only !== undefined && others.length === 0 ? withAbout(location, only) : location;
}

/** How many rows the question was about. */
function seenCount(text: string): number {
  const count = Number(text);
  return Number.isInteger(count) && count >= 0 ? count : 0;
}
