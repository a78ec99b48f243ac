import { page } from "fresh";
import { formatCoded } from "@/shared/codes/mod.ts";
import { readInput } from "@/web/app/form/input.ts";
import { found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { Progress } from "@/web/components/facts/Progress.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { decidedQuery } from "@/web/route_table/approvals.ts";
import { refuseDecided } from "@/web/services/approvals/close_request.ts";
import { type DecidedOne, readDecided, readShown } from "@/web/services/approvals/decide_many.ts";
import { findDecisionBatch } from "@/web/store/approvals/decision_batches.ts";
import { listRequestsById, type RequestRow } from "@/web/store/approvals/requests.ts";

const PATH = "/admin/approvals";

/** A request of those that were decided together; `one` is null until its turn comes. */
interface Line {
  requestId: string;
  request: RequestRow | undefined;
  one: DecidedOne | null;
}

export default define.page<typeof handler>(function DecidedPage({ data, state }) {
  const { t } = state;
  const { batch, lines, moment } = data;
  const count = (...states: DecidedOne["state"][]) =>
    lines.filter(({ one }) => one !== null && states.includes(one.state)).length;
  const words = [
    t(`approvals.many_${batch.decision}d`, { n: count("approved", "declined") }),
    count("failed") > 0 && t("approvals.many_failed", { n: count("failed") }),
    count("left") > 0 && t("approvals.many_left", { n: count("left") }),
  ].filter((text) => text !== false).join(" ");
  return (
    <>
      <PageHeader
        title={t(`approvals.many_title_${batch.decision}`)}
        back={{ href: PATH, label: t("tables.list_approvals") }}
        lead={t("approvals.decided_lead", {
          name: actorText(t, batch.decided_by),
          at: formatInstant(batch.created_at, moment.zone, t),
        })}
      />
      <LiveRegion id="decided">
        <div class="stack">
          <Card
            title={t(batch.finished_at === null ? "approvals.decided_running" : "approvals.decided_over")}
          >
            {batch.finished_at === null
              ? (
                <Progress
                  label={t("approvals.decided_progress")}
                  done={batch.done}
                  total={batch.total}
                  note={t("approvals.decided_leave")}
                />
              )
              : <p>{words}</p>}
          </Card>
          <DataTable
            caption={t("tables.list_approvals")}
            rows={lines}
            rowHref={({ request }) => request && `${PATH}/${request.id}`}
            rowId={({ requestId }) => requestId}
            empty={null}
            columns={[
              {
                head: t("approvals.subject"),
                cell: ({ request }) => request?.subject_label ?? t("approvals.decided_gone"),
              },
              {
                head: t("approvals.decided_became"),
                cell: (line) => <Became line={line} t={t} zone={moment.zone} />,
                phone: "full",
              },
              {
                head: t("tables.status"),
                cell: ({ one }) => (
                  <Pill tone={TONES[stateOf(one)]}>{t(`approvals.one_${stateOf(one)}`)}</Pill>
                ),
                phone: "corner",
              },
            ]}
          />
        </div>
      </LiveRegion>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "approval:read",
    input: decidedQuery,
    summary: "How far requests that were decided together have come, and what became of each",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { key } = readInput(ctx.state, decidedQuery);
    if (key === undefined) return ctx.redirect(PATH, 303);
    const data = await readPage(ctx.state, async (trx) => {
      const batch = found(await findDecisionBatch(trx, key));
      const ids = readShown(batch.shown).map(({ requestId }) => requestId);
      const requests = new Map((await listRequestsById(trx, ids)).map((row) => [row.id, row]));
      const decided = new Map(readDecided(batch.results).map((one) => [one.requestId, one]));
      const lines = ids.map((requestId): Line => ({
        requestId,
        request: requests.get(requestId),
        one: decided.get(requestId) ?? null,
      }));
      return { batch, lines };
    });
    ctx.state.title = ctx.state.t(`approvals.many_title_${data.batch.decision}`);
    ctx.state.live = ["approvals"];
    return page({ ...data, moment: momentOf(ctx.state) });
  },
});

const TONES: Record<ReturnType<typeof stateOf>, Tone> = {
  approved: "ok",
  declined: "bad",
  failed: "bad",
  left: "warn",
  waits: "mute",
};

function stateOf(one: DecidedOne | null) {
  return one?.state ?? "waits";
}

/** In words: done, no longer possible and why, or why it stays as it is and who was faster. */
function Became({ line: { request, one }, t, zone }: { line: Line; t: Translate; zone: string }) {
  if (one === null) return t("approvals.one_waits_note");
  if (one.state === "approved") return t("approvals.done_approved");
  if (one.state === "declined") return t("approvals.done_declined");
  if (one.said !== null) return <StoredText text={one.said} />;
  if (request === undefined) return null;
  return one.state === "failed" && request.failure !== null
    ? <StoredText text={request.failure} />
    : <StoredText text={formatCoded(refuseDecided(request, zone))} />;
}
