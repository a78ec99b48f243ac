import { AppShell } from "@/web/components/AppShell.tsx";
import { DemoBar } from "@/web/components/DemoBar.tsx";
import { TourPanel } from "@/web/components/TourPanel.tsx";
import { currentNav, visibleNav } from "@/web/components/nav.ts";
import { type AppState, define } from "@/web/app/state.ts";
import TourPointer from "@/web/islands/TourPointer.tsx";
import LiveUpdates from "@/web/islands/LiveUpdates.tsx";
import { heardTopics } from "@/web/services/live/topics.ts";

/** How often a page is read where no stream comes through; one that waits for something is read more often. */
const POLL_MS = { waiting: 5_000, other: 15_000 };

/** While the demo's clock moves or its tour is taken, every page follows what they show. */
const DEMO_TOPICS = ["money", "tonight"] as const;

/** The frame of the admin. A page that answers a refused form is framed by what its handler loads. */
export default define.layout(function AdminLayout({ Component, state, url }) {
  const { shell, session } = state;
  if (shell === null || session === null) return <Component />;
  return (
    <AppShell
      tenantName={shell.tenant.name}
      current={currentNav(url.pathname)}
      staffName={session.staffName}
      csrfToken={state.csrfToken}
      agentStatus={shell.agents}
      businessDate={shell.today}
      nav={visibleNav(session.permissions)}
      counts={shell.counts}
      live={renderLive(state)}
      searchText={url.searchParams.get("q") ?? undefined}
      demoBar={shell.demo && (
        <DemoBar
          csrfToken={state.csrfToken}
          back={url.pathname + url.search}
          clock={shell.demo.clock}
          canControl={session.permissions.has("demo:control")}
        />
      )}
    >
      {shell.demo && (
        <TourPanel
          tour={shell.demo.tour}
          csrfToken={state.csrfToken}
          back={url.pathname + url.search}
          pointer={shell.demo.tour.status === "on" && (
            <TourPointer selector={shell.demo.tour.selector} label={state.t("tour.point")} />
          )}
        />
      )}
      <Component />
    </AppShell>
  );
});

/** The island that follows the page's topics; nothing on a page that follows none, or that answers a form. */
function renderLive(state: AppState) {
  const { session, livePosition = "", t, entry, shell } = state;
  const live = shell?.demo?.isMoving === true ? [...state.live ?? [], ...DEMO_TOPICS] : state.live;
  if (live === undefined || session === null || entry?.method !== "GET") return null;
  // The frame's own pill follows the network on every live page.
  const topics = heardTopics([...new Set(live).add("network")], session.permissions);
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
