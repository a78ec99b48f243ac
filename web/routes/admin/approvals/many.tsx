import { withDone } from "@/web/app/list/chosen.ts";
import { actorOf, type PageMoment } from "@/web/app/frame/page_context.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { readFilter } from "@/web/app/list/frame.ts";
import type { Asked } from "@/web/app/form/form_types.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { DECIDE_AT_ONCE_MAX } from "@/web/domain/approvals/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { approvalsQuery, decideManyForm, decideManyQuery } from "@/web/route_table/approvals.ts";
import { decideMany } from "@/web/services/approvals/decide_many.ts";
import { listRequests } from "@/web/store/approvals/requests_page.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { filterOf } from "./(_parts)/filter.ts";
import { loadRequest, type RequestView } from "./(_parts)/load_request.ts";
import { kindText } from "./(_parts)/request_words.tsx";

const PATH = "/admin/approvals";

type ManyInput = ReturnType<typeof decideManyQuery.parse>;

const question = define.question({
  query: decideManyQuery,
  input: decideManyForm,
  load: async (trx, { query: form, moment, state, typed }: Asked<unknown, ManyInput>) => ({
    form,
    key: typed("key") || uuidv7(moment.now.epochMilliseconds),
    // What was asked about is asked about again, whatever has joined the list since.
    ...await readChosen(trx, { ...form, asked: form.step === "do" ? typed("shown") : null }, moment, state),
  }),
  isAskedFor: ({ query: { step } }) => step === "ask",
  leave: ({ form }, { isSent }) => {
    // The address of a question, opened again.
    if (!isSent) return PATH;
    return form.all || form.id.length > 0 || form.step === "do"
      ? null
      : withDone(form.back || PATH, { done: "nothing_ticked" });
  },
  permission: "approval:read",
  audit: "approval.approved",
  // Some of them touch keys, or cut many: whoever sits down at an open page decides nothing.
  confirm: "sent",
  summary: "Decide many requests of one kind: what each does, and the decision about them",
  title: ({ t, loaded: { form } }) => t(`approvals.many_title_${form.decide}`),
  back: ({ t, loaded: { form } }) => ({ href: ownPath(form.back) ?? PATH, label: t("tables.back") }),
  blocked: ({ t, loaded: { form, rows, kinds } }) =>
    rows.length > 0 && kinds.length === 1 ? null : (
      <EmptyState
        title={t(kinds.length > 1 ? "approvals.many_one_kind" : "approvals.many_none")}
        actions={<LinkButton kind="primary" href={ownPath(form.back) ?? PATH}>{t("tables.back")}</LinkButton>}
      >
        {t("tables.none_left_why")}
      </EmptyState>
    ),
  labels: { note: "approvals.note" },
  refused: "approvals.nothing_decided",
  question: ({ t, loaded: { form, rows, kinds } }) =>
    t(`approvals.many_question_${form.decide}`, { n: rows.length, kind: kindText(kinds[0] ?? "", t) }),
  effect: ({ t, loaded: { form, left } }) =>
    [
      t(`approvals.many_effect_${form.decide}`),
      left > 0 && t("approvals.many_left_out", { n: left }),
    ].filter((text) => text !== false).join(" "),
  hidden: ({ loaded: { form, rows, key } }) => ({
    key,
    step: "do",
    decide: form.decide,
    back: form.back,
    shown: rows.map(({ row, seen }) => `${row.id}.${row.revision}.${seen}`).join(","),
  }),
  verb: ({ t, loaded: { form, rows } }) => t(`approvals.many_verb_${form.decide}`, { n: rows.length }),
  children: ({ t, field, loaded: { rows } }) => (
    <>
      <ul>
        {rows.map(({ row, effects }) => (
          <li key={row.id}>
            <a href={`${PATH}/${row.id}`}>{row.subject_label}</a>{" "}
            <span class="note">
              {[
                t("approvals.asked_for", { by: row.asked_by, reason: row.reason }),
                ...effects.map((one) => codedText(t, one)),
              ].join(" ")}
            </span>
          </li>
        ))}
      </ul>
      <TextField {...field("note")} hint={t("approvals.note_hint")} />
    </>
  ),
  at: { reason_required: "note", reason_too_long: "note" },
  submit: ({ shown, note, key: sent }, { call, loaded: { form, key } }) =>
    decideMany(...call, { key: sent ?? key, decision: form.decide, shown, note }),
  done: ({ batchId }) => `${PATH}/decided?key=${batchId}`,
});

export default question.page;
export const { handler, route } = question;

/** The requests that a form means and this person may decide, as they stand now. */
async function readChosen(
  trx: TenantTransaction,
  form: ManyInput & { asked: string | null },
  moment: PageMoment,
  state: AppState,
): Promise<{ rows: RequestView[]; kinds: string[]; left: number }> {
  const asked = form.asked === null
    ? null
    : (decideManyForm.shape.shown.safeParse(form.asked).data ?? []).map(({ requestId }) => requestId);
  const filter = asked !== null
    ? { ids: asked }
    : form.all
    ? filterOf(state, readFilter(approvalsQuery, form.filter))
    : { ids: form.id };
  const ids = (asked !== null || form.all || form.id.length > 0)
    ? (await listRequests(trx, filter, { limit: DECIDE_AT_ONCE_MAX })).rows.map(({ id }) => id)
    : [];
  const views: RequestView[] = [];
  for (const id of ids) views.push(await loadRequest(trx, id, moment, actorOf(state)));
  const rows = views.filter(({ isOpen, refusal, problem }) =>
    isOpen && refusal === null && (form.decide === "decline" || problem === null)
  );
  const kinds = [...new Set(rows.map(({ row }) => row.kind))];
  return { rows, kinds, left: views.length - rows.length };
}
