import { AppShell } from "@/web/components/AppShell.tsx";
import { DemoBar } from "@/web/components/DemoBar.tsx";
import { currentNav, visibleNav } from "@/web/components/nav.ts";
import { readMove, withoutMove } from "@/web/app/clock_move.ts";
import { define } from "@/web/app/state.ts";

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
      searchText={url.searchParams.get("q") ?? undefined}
      demoBar={shell.isDemo && (
        <DemoBar csrfToken={state.csrfToken} back={withoutMove(url)} moved={readMove(url)} />
      )}
    >
      <Component />
    </AppShell>
  );
});
