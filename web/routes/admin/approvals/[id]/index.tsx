import { centavos } from "@/shared/money/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { actorOf, may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { InstantText } from "@/web/components/facts/DateText.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { Timeline } from "@/web/components/facts/Timeline.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { approvalQuery, decideForm } from "@/web/route_table/approvals.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { approveRequest, type DecideCode, declineRequest } from "@/web/services/approvals/decide.ts";
import { loadRequest, type RequestView } from "../(_parts)/load_request.ts";
import { kindText, StatePill } from "../(_parts)/request_words.tsx";

const PATH = "/admin/approvals";

const form = define.form({
  params: idParams,
  query: approvalQuery,
  input: decideForm,
  load: async (trx, { params, query, moment, state }) => ({
    ...await loadRequest(trx, params.id, moment, actorOf(state)),
    done: query.done,
  }),
  // Who decides depends on what it is about: the use case asks for the permission of its kind.
  permission: "approval:read",
  audit: "approval.approved",
  // Some of them touch keys, or cut many: whoever sits down at an open page decides nothing.
  confirm: "sent",
  summary: "One request for an approval: what it does, and the decision about it",
  title: ({ t, loaded: { row } }) => `${kindText(row.kind, t)}: ${row.subject_label}`,
  back: ({ t }) => ({ href: PATH, label: t("tables.list_approvals") }),
  labels: { decision: "approvals.decision", note: "approvals.note" },
  refused: "approvals.nothing_decided",
  hidden: ({ loaded: { row, seen } }) => ({ revision: String(row.revision), seen }),
  live: () => ["approvals"],
  verb: ({ t }) => t("approvals.approve"),
  fields: ({ t, field }) => <TextField {...field("note")} hint={t("approvals.note_hint")} />,
  page: (view, parts) => {
    const { t, state, moment, loaded } = view;
    const { row, isOpen, refusal, problem } = loaded;
    const mayDecide = isOpen && refusal === null;
    return (
      <>
        {parts.header}
        <Flash
          done={loaded.done}
          messages={{
            asked: t("approvals.done_asked"),
            cooling_off: t("approvals.done_cooling"),
            approved: t("approvals.done_approved"),
            declined: t("approvals.done_declined"),
            withdrawn: t("approvals.done_withdrawn"),
          }}
        />
        {parts.summary}
        <Columns
          main={
            <div class="stack">
              <StateBanner view={loaded} t={t} zone={moment.zone} />
              <Card title={t("approvals.what")} aside={<StatePill row={row} t={t} />}>
                {loaded.words.map((word) => <p key={word.code}>{codedText(t, word)}</p>)}
                <FactList wide facts={factsOf(loaded, state, moment.zone)} />
              </Card>
              <Card title={t(isOpen ? "approvals.effects_now" : "approvals.effects_then")}>
                {loaded.effects.length === 0 && problem === null
                  ? <p class="note">{t("approvals.effects_none")}</p>
                  : (
                    <ul>
                      {loaded.effects.map((effect) => <li key={effect.code}>{codedText(t, effect)}</li>)}
                    </ul>
                  )}
                {problem !== null && (
                  <Banner tone="bad" title={t("approvals.impossible")}>{codedText(t, problem)}</Banner>
                )}
              </Card>
              {mayDecide && (
                <Card title={t("approvals.decide_title")}>
                  <form class="form" {...parts.attributes}>
                    {parts.start}
                    {parts.fields}
                    <div class="form-actions">
                      {problem === null && (
                        <Button kind="primary" name="decision" value="approve">
                          {t("approvals.approve")}
                        </Button>
                      )}
                      <Button name="decision" value="decline">{t("approvals.decline")}</Button>
                    </div>
                  </form>
                </Card>
              )}
            </div>
          }
          side={
            <Card title={t("approvals.history")}>
              <Timeline
                timeZone={moment.zone}
                entries={loaded.history.map((entry) => ({
                  at: entry.at,
                  title: storedText(t, entry.summary),
                  by: actorText(t, entry.actor),
                }))}
              />
            </Card>
          }
        />
      </>
    );
  },
  submit: async ({ decision, note, revision, seen }, { call, loaded: { row } }): Promise<Done> => {
    const deciding = { requestId: row.id, revision, note };
    const result = decision === "approve"
      ? await approveRequest(...call, { ...deciding, seen })
      : await declineRequest(...call, deciding);
    return result.ok ? ok(result.value.state) : result;
  },
  at: { reason_required: "note", reason_too_long: "note" },
  done: (state, { loaded: { row } }) => `${PATH}/${row.id}${state === "failed" ? "" : `?done=${state}`}`,
});

export default form.page;
export const { handler, route } = form;

type Done = Result<"approved" | "declined" | "failed", DecideCode>;

interface StateBannerProps {
  view: RequestView;
  t: AppState["t"];
  zone: string;
}

/** What has become of it, or why this person does not decide it. */
function StateBanner({ view: { row, isOpen, isOwn, refusal }, t, zone }: StateBannerProps) {
  if (row.failure !== null) {
    return (
      <Banner tone="bad" title={t("approvals.failed_title", { by: actorText(t, row.decided_by ?? "") })}>
        <StoredText text={row.failure} /> {t("approvals.failed_note")}
      </Banner>
    );
  }
  if (isOpen && row.runs_at !== null) {
    return (
      <Banner tone="info" title={t("approvals.cooling_title")}>
        <InstantText at={row.runs_at} timeZone={zone} />
      </Banner>
    );
  }
  if (!isOpen && row.state === "asked") return <Banner tone="info">{t("approvals.over")}</Banner>;
  if (isOpen && isOwn) return <Banner tone="info">{t("approvals.own")}</Banner>;
  if (isOpen && refusal !== null) return <Banner tone="info">{codedText(t, refusal)}</Banner>;
  return null;
}

function factsOf(
  { row, isOpen, isOwn, file }: RequestView,
  state: AppState,
  zone: string,
): Fact[] {
  const { t } = state;
  const at = (instant: Temporal.Instant) => <InstantText at={instant} timeZone={zone} />;
  const subject = subjectLink(row, state);
  return [
    { label: t("approvals.subject"), value: subject },
    { label: t("approvals.asked_by"), value: actorText(t, row.asked_by) },
    { label: t("approvals.asked_at"), value: at(row.asked_at) },
    { label: t("tables.reason"), value: row.reason },
    ...(row.amount_centavos === null ? [] : [{
      label: t("tables.amount"),
      value: <Money amount={centavos(row.amount_centavos)} />,
      strong: true,
    }]),
    ...(isOpen && row.runs_at === null ? [{ label: t("approvals.expires"), value: at(row.expires_at) }] : []),
    ...(row.decided_at === null ? [] : [
      { label: t("approvals.decided_by"), value: actorText(t, row.decided_by ?? "") },
      { label: t("approvals.decided_at"), value: at(row.decided_at) },
    ]),
    ...(row.how === null || row.how === "person"
      ? []
      : [{ label: t("approvals.how"), value: t(`approvals.how_${row.how}`) }]),
    ...(row.note === null ? [] : [{ label: t("approvals.note"), value: row.note }]),
    ...(file === null ? [] : [
      {
        label: t("approvals.export_file"),
        value: <LinkButton icon="export" href={file.href}>{t("approvals.export_fetch")}</LinkButton>,
      },
      { label: t("approvals.expires"), value: at(file.until) },
    ]),
    ...(isOpen && isOwn
      ? [{
        label: "",
        value: (
          <ActionForm action={`${PATH}/${row.id}/withdraw`} csrfToken={state.csrfToken}>
            {t("approvals.withdraw")}
          </ActionForm>
        ),
      }]
      : []),
  ];
}

/** The subject, with the way to it where this person may open it. */
function subjectLink({ subject_label: label, subscriber_id: id }: RequestView["row"], state: AppState) {
  if (id === null || !may(state, "subscriber:read")) return label;
  return (
    <span class="cluster">
      {label}
      <LinkButton small href={`/admin/subscribers/${id}`}>{state.t("payments.open_subscriber")}</LinkButton>
    </span>
  );
}
