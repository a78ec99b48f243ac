import type { ComponentChildren } from "preact";
import { Said } from "./Said.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { describeLastSeen } from "../../(_network)/agent_state.tsx";
import { adviceFor, RouterPill } from "../../(_network)/router_state.tsx";
import { CommandsCard, FactsCard, StateCard } from "./RouterCards.tsx";
import { HandChangesCard } from "./hand_changes.tsx";
import type { RouterPageView } from "./load_router.ts";
import { MissingProfiles } from "./MissingProfiles.tsx";
import { QuestionBanner } from "./QuestionBanner.tsx";
import { RemarkBanners } from "./RemarkBanners.tsx";
import { TestBanner } from "./TestBanner.tsx";

/** A router that does not answer is no fault of anybody's yet; the other states ask somebody to act. */
const TONES: Partial<Record<RouterPageView["router"]["status"], "info" | "warn">> = {
  unknown: "info",
  unreachable: "warn",
};

interface RouterPageProps {
  view: RouterPageView;
  state: AppState;
  done: string | undefined;
  /** Why the last thing that was asked could not be done. */
  problems: Readonly<Record<string, string>>;
  /** The list of secrets that are not as the books want them; nothing where there are none. */
  differences: ComponentChildren;
}

/** The page of a router. */
export function RouterPage({ view, state, done, problems, differences }: RouterPageProps) {
  const { router, site, test } = view;
  const { t } = state;
  const isArchived = router.archived_at !== null;
  return (
    <>
      <PageHeader
        title={router.name}
        keys={{ e: !isArchived && may(state, "router:write") && `/admin/routers/${router.id}/edit` }}
        back={{ href: `/admin/sites/${site.id}`, label: site.name }}
        pills={
          <LiveRegion id="router-state">
            {isArchived
              ? <Pill tone="mute">{t("network.archived")}</Pill>
              : <RouterPill router={router} agent={view.agent} />}
          </LiveRegion>
        }
        actions={!isArchived && (
          <LiveRegion id="router-actions">
            <Actions view={view} state={state} />
          </LiveRegion>
        )}
      />
      <ErrorSummary errors={problems} />
      {test === null && <Flash done={done} messages={{ updated: t("network.done_updated") }} />}
      <LiveRegion id="router">
        {test !== null
          ? <TestBanner view={view} test={test} />
          : !isArchived && <StandingBanner view={view} />}
        {!isArchived && (
          <>
            <QuestionBanner view={view} state={state} />
            <RemarkBanners view={view} />
            <RefusedBanner view={view} />
          </>
        )}
        <Columns
          main={
            <>
              <StateCard view={view} />
              <MissingProfiles view={view} />
              {differences}
              <HandChangesCard view={view} />
              <CommandsCard view={view} />
            </>
          }
          side={<FactsCard view={view} mayWrite={may(state, "router:write")} />}
        />
      </LiveRegion>
    </>
  );
}

function Actions({ view, state }: { view: RouterPageView; state: AppState }) {
  const { router } = view;
  const { t } = state;
  return (
    <>
      {may(state, "router:write") && (
        <>
          <LinkButton href={`/admin/routers/${router.id}/edit`}>{t("network.edit")}</LinkButton>
          <ActionForm action={`/admin/routers/${router.id}/test`} csrfToken={state.csrfToken}>
            {t("network.kind_router_test")}
          </ActionForm>
        </>
      )}
      {may(state, "import:run") && (
        <ActionForm
          kind={router.status === "online" && !view.figures?.managed ? "primary" : "default"}
          icon="import"
          action="/admin/import"
          csrfToken={state.csrfToken}
          values={{ routerId: router.id }}
        >
          {t("network.import")}
        </ActionForm>
      )}
    </>
  );
}

/** What the agent says about the router is not taken; what was taken before stands. */
function RefusedBanner({ view: { router } }: { view: RouterPageView }) {
  const t = useT();
  const { refused_code: code, refused_count: count, refused_detail: detail } = router;
  if (code === null) return null;
  return (
    <Banner tone="bad" title={t("agents.router_refused_title")}>
      {t(`agents.router_refused_${code}`, { count: count ?? 1, detail: detail ?? "" })}{" "}
      {t("agents.router_refused_what")}
    </Banner>
  );
}

/** What is wrong with the router as it was last heard of; nothing when it is well. */
function StandingBanner({ view }: { view: RouterPageView }) {
  const { router, agent, site } = view;
  const t = useT();

  if (agent === "none") {
    return (
      <Banner
        tone="warn"
        title={t("network.site_no_agent")}
        actions={<LinkButton small href={`/admin/sites/${site.id}`}>{t("network.connect_one")}</LinkButton>}
      >
        {t("network.nothing_known")}
      </Banner>
    );
  }
  if (agent !== "online") {
    return (
      <Banner
        tone="warn"
        title={t("network.away_since", { seen: describeLastSeen(t, site.heartbeat_at, view.now, view.zone) })}
      >
        {t("network.as_last_read")}
      </Banner>
    );
  }
  // What the agent asks says it already.
  const isAsked = view.question?.kind === "identity_changed" && router.status === "wrong_router";
  if (router.status === "online" || isAsked) return null;
  const { title, what } = adviceFor(t, router.status);
  return (
    <Banner tone={TONES[router.status] ?? "bad"} title={title}>
      {what}
      <Said text={router.status_message} />
    </Banner>
  );
}
