import { StoredReason } from "@/web/components/facts/StoredText.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
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
import type { ImportBatchRow } from "@/web/store/imports/import_batches.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { ImportPill } from "../../(_network)/import_words.tsx";
import type { ImportView } from "./load_import.ts";
import { ReviewPart } from "./ReviewPart.tsx";

/** Names of the fields of the review; those of a profile begin with the profile. */
function labelsOf({ t, loaded: { profiles } }: ImportView): Record<string, string> {
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
}

/** The page of an import, in each of its states. */
export function ImportPage({ view, parts }: Props & { parts: FormParts }) {
  const { t, state, loaded: { batch, router } } = view;
  return (
    <>
      <LiveRegion id="import-head">
        <PageHeader
          title={t("import.from", { router: router.name })}
          back={{ href: "/admin/import", label: t("import.title") }}
          pills={<ImportPill status={batch.status} />}
          actions={batch.status === "review" && may(state, "import:run") && (
            <ReadAgain view={view} label={t("import.read_again")} />
          )}
        />
      </LiveRegion>
      <ErrorSummary errors={view.problems} labels={labelsOf(view)} />
      <LiveRegion id="import">
        {batch.status !== "undone" && <Steps label={t("import.title")} steps={stepsOf(t, batch)} />}
        {batch.status === "reading" && <ReadingPart view={view} />}
        {batch.status === "review" && <ReviewPart view={view} parts={parts} />}
        {batch.status === "running" && <RunningPart view={view} />}
        {batch.status === "failed" && <FailedPart view={view} />}
        {batch.status === "done" && <ReportPart view={view} />}
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

function ReadingPart({ view: { t, loaded } }: Props) {
  if (loaded.agent !== "online") {
    return (
      <Banner tone="warn" live title={t("import.away")}>
        {t("import.away_what")}
      </Banner>
    );
  }
  return (
    <Banner tone="info" live title={t("import.reading", { router: loaded.router.name })}>
      {t("import.reading_what")}
    </Banner>
  );
}

function RunningPart({ view: { t, loaded: { batch } } }: Props) {
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

function FailedPart({ view }: Props) {
  const { t, state, loaded: { batch } } = view;
  return (
    <Banner
      tone="bad"
      title={t("import.stopped")}
      actions={may(state, "import:run") && <ReadAgain view={view} label={t("import.router_again")} />}
    >
      <StoredReason text={batch.error_message} otherwise={t("import.not_read")}>
        {t("import.nothing_imported")}
      </StoredReason>
    </Banner>
  );
}

function ReportPart({ view: { t, state, loaded: { batch, counts } } }: Props) {
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
function UndonePart({ view: { t, loaded: { batch } } }: Props) {
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

function ReadAgain({ view: { state, loaded: { router } }, label }: Props & { label: string }) {
  return (
    <ActionForm action="/admin/import" csrfToken={state.csrfToken} values={{ routerId: router.id }}>
      {label}
    </ActionForm>
  );
}
