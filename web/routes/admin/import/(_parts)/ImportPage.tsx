import type { AppState } from "@/web/app/state.ts";
import { ActionForm, LinkButton } from "@/web/components/Button.tsx";
import { Banner } from "@/web/components/Banner.tsx";
import { Card } from "@/web/components/Card.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { Stack } from "@/web/components/Layout.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Progress, type Step, Steps } from "@/web/components/Progress.tsx";
import { formatDate } from "@/shared/calendar/mod.ts";
import { formatCount, formatPlural } from "@/web/format.ts";
import type { ImportBatchRow } from "@/web/store/imports.ts";
import { may } from "../../(_billing)/page_context.ts";
import { ImportPill } from "../../(_network)/import_words.tsx";
import type { ImportView } from "./load_import.ts";
import { ReviewPart } from "./ReviewPart.tsx";

const MESSAGES = {
  undone: "The import is undone. Its subscribers are removed; the router is as it was.",
};

interface Props {
  view: ImportView;
  state: AppState;
}

/** The page of an import, in each of its states. */
export function ImportPage({ view, state }: Props) {
  const { batch, router } = view;
  return (
    <>
      <LiveRegion id="import-head">
        <PageHeader
          title={`Import from ${router.name}`}
          back={{ href: "/admin/import", label: "Import" }}
          pills={<ImportPill status={batch.status} />}
          actions={batch.status === "review" && may(state, "import:run") && (
            <ReadAgain view={view} state={state} label="Read again" />
          )}
        />
      </LiveRegion>
      <Flash done={view.done} messages={MESSAGES} />
      <ErrorSummary errors={view.problems} />
      <LiveRegion id="import">
        <Steps label="Import" steps={stepsOf(batch)} />
        {batch.status === "reading" && <ReadingPart view={view} />}
        {batch.status === "review" && <ReviewPart view={view} state={state} />}
        {batch.status === "running" && <RunningPart view={view} />}
        {batch.status === "failed" && <FailedPart view={view} state={state} />}
        {(batch.status === "done" || batch.status === "undone") && <ReportPart view={view} state={state} />}
      </LiveRegion>
    </>
  );
}

function stepsOf({ status, total }: ImportBatchRow): Step[] {
  const at = { reading: 0, review: 1, running: 2, failed: total > 0 ? 1 : 0, done: 3, undone: 3 }[status];
  return ["Read the router", "Review", "Import"].map((label, index) => ({
    label,
    state: index < at ? "done" : index > at ? "todo" : status === "failed" ? "failed" : "current",
  }));
}

function ReadingPart({ view }: { view: ImportView }) {
  if (view.agent !== "online") {
    return (
      <Banner tone="warn" live title="The site's agent is away">
        It is not connected, so the router cannot be read. The reading starts when it is back within two
        minutes; after that, start the import again.
      </Banner>
    );
  }
  return (
    <Banner tone="info" live title={`Reading the secrets of ${view.router.name}`}>
      A thousand secrets take a few seconds. Passwords are not read, and nothing is written.
    </Banner>
  );
}

function RunningPart({ view }: { view: ImportView }) {
  const { batch } = view;
  return (
    <Card title="Importing">
      <Progress
        label="Secrets done"
        done={batch.done}
        total={batch.total}
        note="You can leave this page; the import goes on. Nothing changes on the router."
      />
    </Card>
  );
}

function FailedPart({ view, state }: Props) {
  return (
    <Banner
      tone="bad"
      title="This import did not go on"
      actions={may(state, "import:run") && (
        <ReadAgain view={view} state={state} label="Read the router again" />
      )}
    >
      {view.batch.error_message ?? "The router could not be read."} Nothing was imported.
    </Banner>
  );
}

function ReportPart({ view, state }: Props) {
  const { batch, counts } = view;
  const path = `/admin/import/${batch.id}`;
  const isUndone = batch.status === "undone";
  return (
    <Card
      title={isUndone ? "Undone" : `${formatPlural(batch.created_count, "subscriber")} created`}
      foot={
        <div class="cluster">
          {!isUndone && may(state, "subscriber:read") && (
            <LinkButton kind="primary" href={`/admin/subscribers?router=${batch.router_id}`}>
              See subscribers
            </LinkButton>
          )}
          <LinkButton href={`${path}/rows`}>See every secret</LinkButton>
          {!isUndone && batch.skipped_count > 0 && (
            <LinkButton icon="export" href={`${path}/skipped.csv`}>Skipped as CSV</LinkButton>
          )}
          {!isUndone && may(state, "import:run") && (
            <LinkButton kind="quiet" href={`${path}/undo`}>Undo import</LinkButton>
          )}
        </div>
      }
    >
      <Stack>
        {isUndone
          ? (
            <p>
              The subscribers of this import are removed. Account numbers that it used are not given out
              again.
            </p>
          )
          : <p>Nothing was changed on the router. From now on the books decide who is on.</p>}
        <FactList
          facts={[
            { label: "Secrets read", value: formatCount(batch.total) },
            { label: "Created", value: formatCount(batch.created_count) },
            { label: "Skipped", value: formatCount(batch.skipped_count) },
            ...(counts.failed > 0 ? [{ label: "Failed", value: formatCount(counts.failed) }] : []),
            { label: "First bill", value: batch.first_bill_on && formatDate(batch.first_bill_on) },
            { label: "Started by", value: batch.created_by },
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
