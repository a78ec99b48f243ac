import { AppShell } from "@/web/components/frame/AppShell.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { DemoBar } from "@/web/components/frame/DemoBar.tsx";
import { DraftContext } from "@/web/components/form/draft_context.ts";
import { FrameFlash } from "@/web/components/frame/Flash.tsx";
import { FlashContext } from "@/web/components/frame/flash_context.ts";
import { TourPanel } from "@/web/components/frame/TourPanel.tsx";
import { currentNav, visibleNav } from "@/web/components/frame/nav.ts";
import { pageTopics } from "@/web/app/frame/page_topics.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { withoutDone } from "@/web/app/frame/undo_link.ts";
import Frame from "@/web/islands/Frame.tsx";
import TourPointer from "@/web/islands/TourPointer.tsx";
import LiveUpdates from "@/web/islands/LiveUpdates.tsx";
import { frameProps } from "./(_find)/frame_props.ts";
import { SetupBar } from "./setup/(_parts)/SetupBar.tsx";

/** How often a page is read where no stream comes through; one that waits for something is read more often. */
const POLL_MS = { waiting: 5_000, other: 15_000 };

/** The frame of the admin. A page that answers a refused form is framed by what its handler loads. */
export default define.layout(function AdminLayout({ Component, state, url }) {
  const { shell, session } = state;
  if (shell === null || session?.audience !== "staff") return <Component />;
  return (
    <AppShell
      tenantName={shell.tenant.name}
      current={currentNav(url.pathname)}
      staffName={session.staffName}
      canSwitch={(session.companies ?? 1) > 1}
      csrfToken={state.csrfToken}
      agentStatus={shell.agents}
      businessDate={shell.today}
      nav={visibleNav(session.permissions)}
      counts={shell.counts}
      live={renderLive(state)}
      searchText={url.pathname === "/admin/find" ? url.searchParams.get("q") ?? undefined : undefined}
      here={withoutDone(url.pathname + url.search)}
      frame={<Frame {...frameProps(state, session)} />}
      demoBar={shell.demo && (
        <>
          <DemoBar
            csrfToken={state.csrfToken}
            back={withoutDone(url.pathname + url.search)}
            clock={shell.demo.clock}
            unseenMails={shell.demo.unseenMails}
            canControl={session.permissions.has("demo:control")}
          />
          <TourPanel
            tour={shell.demo.tour}
            csrfToken={state.csrfToken}
            back={withoutDone(url.pathname + url.search)}
            pointer={shell.demo.tour.status === "on" && (
              <TourPointer selector={shell.demo.tour.selector} label={state.t("tour.point")} />
            )}
          />
        </>
      )}
    >
      <FlashContext.Provider
        value={{ csrfToken: state.csrfToken, undo: state.undo ?? null, about: state.about }}
      >
        {session.seesAs && (
          <Banner
            tone="hold"
            actions={
              <ActionForm action="/admin/see-as/end" csrfToken={state.csrfToken} small>
                {state.t("staff.stop_looking")}
              </ActionForm>
            }
          >
            {state.t("staff.looking", { role: session.seesAs.name })}
          </Banner>
        )}
        <SetupBar step={shell.setupStep} path={url.pathname} />
        <FrameFlash done={url.searchParams.get("done")} />
        {state.draft && <Banner tone="info" live>{state.t("states.draft_carried")}</Banner>}
        <DraftContext.Provider value={state.draft ?? null}>
          <Component />
        </DraftContext.Provider>
      </FlashContext.Provider>
    </AppShell>
  );
});

/** The island that follows the page's topics; nothing on a page that follows none, or that answers a form. */
function renderLive(state: AppState) {
  const { livePosition = "", t } = state;
  const topics = pageTopics(state);
  if (topics === null) return null;
  return (
    <LiveUpdates
      address={`/admin/events?topics=${topics.join(",")}`}
      position={livePosition}
      pollMs={state.refreshSeconds === undefined ? POLL_MS.other : POLL_MS.waiting}
      words={{
        live: t("live.live"),
        reconnecting: t("live.reconnecting"),
        polling: t("live.polling"),
        offline: t("live.offline"),
        signed_out: t("live.signed_out"),
        ago: t("live.ago", { age: "#" }),
        follows: t("live.follows"),
        fresh: t("live.new", { count: "#" }),
        changed: t("live.changed", { count: "#" }),
        show: t("live.show"),
      }}
    />
  );
}
