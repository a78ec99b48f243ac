import { HttpError, page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { ActionForm } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { demoQuery } from "@/web/route_table/demo.ts";

const MESSAGES = {
  unplugged:
    "The router is off the network. Its subscribers stay online; Linya shows them as Unknown, and cuts nobody.",
  plugged: "The router is back. The agent reads it and makes it equal to the books.",
  agent_killed: "The agent is gone as in a power cut. Nobody is cut or restored until it is back.",
  agent_started: "The agent is starting from what it has on disk.",
};

export default define.page<typeof handler>(function DemoPage({ data: { status, done }, state }) {
  const { csrfToken } = state;
  return (
    <>
      <PageHeader
        title="Unplug things"
        lead="Everything here runs for real on this machine: PostgreSQL, web, agent and two simulated routers."
      />
      <Flash done={done} messages={MESSAGES} />
      <DataTable
        caption="Routers of the demo"
        rows={status.routers}
        empty={<EmptyState title="This demo has no routers" />}
        columns={[
          { head: "Router", cell: (router) => router.name },
          {
            head: "Network cable",
            cell: (router) =>
              router.plugged ? <Pill tone="ok">Plugged in</Pill> : <Pill tone="mute">Unplugged</Pill>,
          },
          {
            head: "Action",
            kind: "actions",
            cell: (router) => (
              <ActionForm
                action="/admin/demo/router"
                csrfToken={csrfToken}
                values={{ router: router.name, plugged: router.plugged ? "no" : "yes" }}
                small
              >
                {router.plugged ? "Unplug" : "Plug in"}
              </ActionForm>
            ),
          },
        ]}
      />
      <Card title="Agent">
        <div class="cluster">
          {status.agentRunning ? <Pill tone="ok">Running</Pill> : <Pill tone="bad">Not running</Pill>}
          <ActionForm
            action="/admin/demo/agent"
            csrfToken={csrfToken}
            values={{ action: status.agentRunning ? "kill" : "start" }}
            small
          >
            {status.agentRunning ? "Kill the agent" : "Start the agent"}
          </ActionForm>
        </div>
      </Card>
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    if (ctx.state.demo === null) throw new HttpError(404);
    ctx.state.title = "Unplug things";
    return page({ status: await ctx.state.demo.status(), done: readInput(ctx.state, demoQuery).done });
  },
});
