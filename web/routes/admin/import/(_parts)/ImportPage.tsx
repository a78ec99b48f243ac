import { StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import type { AppState } from "@/web/app/state.ts";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Stack } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Progress, type Step, Steps } from "@/web/components/facts/Progress.tsx";
import { formatDate } from "@/shared/calendar/mod.ts";
import { formatCount } from "@/web/format.ts";
import type { ImportBatchRow } from "@/web/store/imports/imports.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { ImportPill } from "../../(_network)/import_words.tsx";
import type { ImportView } from "./load_import.ts";
import { ReviewPart } from "./ReviewPart.tsx";

/** Names of the fields of the review; those of a profile begin with the profile. */
function labelsOf(t: Translate, { profiles }: ImportView): Record<string, string> {
  const ofProfiles = profiles.flatMap(({ profile }, at) => [
    [`choice.${at}`, `${profile}, ${t("tables.plan")}`],
    [`plan.${at}`, `${profile}, ${t("import.plan_name")}`],
    [`price.${at}`, `${profile}, ${t("import.price_month")}`],
  ]);
  return {
    disabledPolicy: t("import.disabled_label"),
    firstBillOn: t("import.first_bill"),
    ...Object.fromEntries(ofProfiles),
  };
}

interface Props {
  view: ImportView;
  state: AppState;
}

/** The page of an import, in each of its states. */
export function ImportPage({ view, state }: Props) {
  const { batch, router } = view;
  const { t } = state;
  return (
    <>
      <LiveRegion id="import-head">
        <PageHeader
          title={t("import.from", { router: router.name })}
          back={{ href: "/admin/import", label: t("import.title") }}
          pills={<ImportPill status={batch.status} />}
          actions={batch.status === "review" && may(state, "import:run") && (
            <ReadAgain view={view} state={state} label={t("import.read_again")} />
          )}
        />
      </LiveRegion>
      <ErrorSummary errors={view.problems} labels={labelsOf(t, view)} />
      <LiveRegion id="import">
        {batch.status !== "undone" && <Steps label={t("import.title")} steps={stepsOf(t, batch)} />}
        {batch.status === "reading" && <ReadingPart view={view} />}
        {batch.status === "review" && <ReviewPart view={view} state={state} />}
        {batch.status === "running" && <RunningPart view={view} />}
        {batch.status === "failed" && <FailedPart view={view} state={state} />}
        {batch.status === "done" && <ReportPart view={view} state={state} />}
        {batch.status === "undone" && <UndonePart view={view} />}
      </LiveRegion>
    </>
  );
}

function stepsOf(t: Translate, { status, total }: ImportBatchRow): Step[] {
  const at = { reading: 0, review: 1, running: 2, failed: total > 0 ? 1 : 0, done: 3, undone: 3 }[status];
  return [t("import.step_read"), t("import.step_review"), t("import.title")].map((label, index) => ({
    label,
    state: index < at ? "done" : index > at ? "todo" : status === "failed" ? "failed" : "current",
  }));
}

function ReadingPart({ view }: { view: ImportView }) {
  const t = useT();
  if (view.agent !== "online") {
    return (
      <Banner tone="warn" live title={t("import.away")}>
        {t("import.away_what")}
      </Banner>
    );
  }
  return (
    <Banner tone="info" live title={t("import.reading", { router: view.router.name })}>
      {t("import.reading_what")}
    </Banner>
  );
}

function RunningPart({ view }: { view: ImportView }) {
  const t = useT();
  const { batch } = view;
  return (
    <Card title={t("import.importing")}>
      <Progress
        label={t("import.secrets_done")}
        done={batch.done}
        total={batch.total}
        note={t("import.can_leave")}
      />
    </Card>
  );
}

function FailedPart({ view, state }: Props) {
  const { t } = state;
  return (
    <Banner
      tone="bad"
      title={t("import.stopped")}
      actions={may(state, "import:run") && (
        <ReadAgain view={view} state={state} label={t("import.router_again")} />
      )}
    >
      {view.batch.error_message === null
        ? t("import.not_read")
        : <StoredText text={view.batch.error_message} />} {t("import.nothing_imported")}
    </Banner>
  );
}

function ReportPart({ view, state }: Props) {
  const { t } = state;
  const { batch, counts } = view;
  const path = `/admin/import/${batch.id}`;
  return (
    <Card
      title={t("import.created_n", { n: batch.created_count })}
      foot={
        <div class="cluster">
          {may(state, "subscriber:read") && (
            <LinkButton kind="primary" href={`/admin/subscribers?router=${batch.router_id}`}>
              {t("import.see_subscribers")}
            </LinkButton>
          )}
          <LinkButton href={`${path}/rows`}>{t("import.see_secrets")}</LinkButton>
          {batch.skipped_count > 0 && (
            <LinkButton icon="export" href={`${path}/skipped.csv`}>{t("import.skipped_csv")}</LinkButton>
          )}
          {may(state, "import:run") && (
            <LinkButton kind="quiet" href={`${path}/undo`} dialog>{t("import.undo")}</LinkButton>
          )}
        </div>
      }
    >
      <Stack>
        <p>{t("import.done_what")}</p>
        <FactList
          facts={[
            { label: t("import.secrets_read"), value: formatCount(batch.total) },
            { label: t("import.created"), value: formatCount(batch.created_count) },
            { label: t("import.skipped"), value: formatCount(batch.skipped_count) },
            ...(counts.failed > 0 ? [{ label: t("tables.failed"), value: formatCount(counts.failed) }] : []),
            {
              label: t("import.first_bill"),
              value: batch.first_bill_on && formatDate(batch.first_bill_on, t.locale),
            },
            { label: t("tables.started_by"), value: batch.created_by },
          ]}
        />
      </Stack>
    </Card>
  );
}

/** An import that was taken back: what there was, and the state that the head says, said once. */
function UndonePart({ view }: { view: ImportView }) {
  const t = useT();
  const { batch } = view;
  return (
    <Card
      title={t("import.removed_n", { n: batch.created_count })}
      foot={<LinkButton href={`/admin/import/${batch.id}/rows`}>{t("import.see_secrets")}</LinkButton>}
    >
      <Stack>
        <p>{t("import.undone_what")}</p>
        <FactList
          facts={[
            { label: t("import.secrets_read"), value: formatCount(batch.total) },
            { label: t("import.skipped"), value: formatCount(batch.skipped_count) },
            { label: t("tables.started_by"), value: batch.created_by },
          ]}
        />
      </Stack>
    </Card>
  );
}

function ReadAgain({ view, state, label }: Props & { label: string }) {
  return (
    <ActionForm action="/admin/import" csrfToken={state.csrfToken} values={{ routerId: view.router.id }}>
      {label}
    </ActionForm>
  );
}
