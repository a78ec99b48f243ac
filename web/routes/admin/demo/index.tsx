import { refused } from "@/web/app/errors/refused.ts";
import { page } from "fresh";
import { readInput } from "@/web/app/form/input.ts";
import { define, type DemoStatus, type MailFault } from "@/web/app/state.ts";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Column } from "@/web/components/list/table_columns.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { demoQuery } from "@/web/route_table/demo.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const MAIL_DONE = ["away", "login_refused", "daily_limit", "well"] as const;
const MAIL_FAULTS: readonly MailFault[] = ["away", "login_refused", "daily_limit"];
const DONE = ["unplugged", "plugged", "agent_killed", "agent_started"] as const;

export default define.page<typeof handler>(function DemoPage({ data: { status, done }, state }) {
  const t = useT();
  const messages = Object.fromEntries([
    ...DONE.map((code) => [code, t(`tour.${code}`)]),
    ...MAIL_DONE.map((code) => [`mail_${code}`, t(`mailbox.done_${code}`)]),
  ]);
  return (
    <>
      <PageHeader title={t("tour.things_title")} lead={t("tour.things_lead")} />
      <Flash done={done} messages={messages} />
      <LiveRegion id="demo-plugs">
        <DataTable
          caption={t("tour.routers")}
          rows={status.routers}
          empty={<EmptyState title={t("tour.routers_none")} />}
          columns={routerColumns(t, state.csrfToken)}
        />
        <DataTable
          caption={t("tour.agents")}
          rows={status.agents}
          empty={null}
          columns={agentColumns(t, state.csrfToken)}
        />
        <DataTable
          caption={t("mailbox.server")}
          rows={MAIL_FAULTS.map((fault) => ({ fault, isOn: status.mail.faults[fault] }))}
          empty={null}
          columns={mailColumns(t, state.csrfToken)}
        />
      </LiveRegion>
    </>
  );
});

function routerColumns(t: Translate, csrfToken: string): Column<DemoStatus["routers"][number]>[] {
  return [
    { head: t("tour.router"), cell: (router) => router.name },
    { head: t("tour.site"), cell: (router) => router.site || "—" },
    {
      head: t("tour.cable"),
      cell: (router) =>
        router.plugged
          ? <Pill tone="ok">{t("tour.is_plugged")}</Pill>
          : <Pill tone="mute">{t("tour.is_unplugged")}</Pill>,
    },
    {
      head: t("tour.action"),
      kind: "actions",
      cell: (router) => (
        <ActionForm
          action="/admin/demo/router"
          csrfToken={csrfToken}
          values={{ router: router.name, plugged: router.plugged ? "no" : "yes" }}
          small
        >
          {t(router.plugged ? "tour.unplug" : "tour.plug")}
          <span class="sr-only">{` ${router.name}`}</span>
        </ActionForm>
      ),
    },
  ];
}

function agentColumns(t: Translate, csrfToken: string): Column<DemoStatus["agents"][number]>[] {
  return [
    { head: t("tour.agent"), cell: (agent) => agent.site || t("tour.agent") },
    {
      head: t("tables.state"),
      cell: (agent) =>
        agent.running
          ? <Pill tone="ok">{t("tour.is_running")}</Pill>
          : <Pill tone="bad">{t("tour.is_stopped")}</Pill>,
    },
    {
      head: t("tour.action"),
      kind: "actions",
      cell: (agent) => (
        <ActionForm
          action="/admin/demo/agent"
          csrfToken={csrfToken}
          values={{ site: agent.site, action: agent.running ? "kill" : "start" }}
          small
        >
          {t(agent.running ? "tour.kill" : "tour.run")}
          <span class="sr-only">{` ${agent.site}`}</span>
        </ActionForm>
      ),
    },
  ];
}

function mailColumns(t: Translate, csrfToken: string): Column<{ fault: MailFault; isOn: boolean }>[] {
  return [
    { head: t("mailbox.server_fault"), cell: ({ fault }) => t(`mailbox.fault_${fault}`) },
    {
      head: t("mailbox.server_state"),
      cell: ({ isOn }) => (
        <Pill tone={isOn ? "bad" : "ok"}>{t(isOn ? "mailbox.is_on" : "mailbox.is_off")}</Pill>
      ),
    },
    {
      head: t("tour.action"),
      kind: "actions",
      cell: ({ fault, isOn }) => (
        <ActionForm
          action="/admin/demo/mail"
          csrfToken={csrfToken}
          values={{ fault, on: isOn ? "no" : "yes" }}
          small
        >
          {t(isOn ? `mailbox.mend_${fault}` : `mailbox.break_${fault}`)}
        </ActionForm>
      ),
    },
  ];
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "demo:control",
    input: demoQuery,
    summary: "Cables and plugs of the demo",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    if (ctx.state.demo === null) throw refused("not_found");
    ctx.state.title = ctx.state.t("tour.things_title");
    ctx.state.live = ["network"];
    return page({ status: await ctx.state.demo.status(), done: readInput(ctx.state, demoQuery).done });
  },
});
