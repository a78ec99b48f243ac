import { Card } from "@/web/components/Card.tsx";
import { CommandStatus } from "@/web/components/CommandStatus.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { RelativeTime } from "@/web/components/DateText.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { CommandPill, Pill } from "@/web/components/Pill.tsx";
import type { CommandState } from "@/web/components/state_words.ts";
import { formatCount, formatPlural } from "@/web/format.ts";
import type { CommandRow } from "@/web/store/commands.ts";
import { TitledTable } from "../../(_billing)/TitledTable.tsx";
import { StaleFigures } from "../../(_network)/agent_state.tsx";
import { sentence } from "../../(_billing)/words.ts";
import type { RouterPageView } from "./load_router.ts";

const KIND_WORDS: Record<CommandRow["kind"], string> = {
  "router.test": "Test",
  "router.read_secrets": "Read for import",
  "session.kick": "End sessions",
  "secret.create": "Create PPP secret",
  "secret.password": "Set PPP password",
};

/** What the books want and what the router has, in figures. */
export function StateCard({ view }: { view: RouterPageView }) {
  const t = useT();
  const { figures, now, zone } = view;
  if (figures === null || figures.managed === 0) {
    return (
      <section class="card">
        <EmptyState icon="import" title="Linya manages nothing on this router yet">
          Import its subscribers: nothing changes on the router, and from then on a payment restores a cut
          line here.
        </EmptyState>
      </section>
    );
  }
  const delivery = deliveryOf(view);
  const isKnown = delivery !== "unknown";
  return (
    <Card
      title="Books and router"
      aside={isKnown && figures.drift > 0
        ? <Pill tone="warn">{formatPlural(figures.drift, "secret differs", "secrets differ")}</Pill>
        : (
          <CommandStatus
            state={delivery}
            detail={delivery === "queued" || delivery === "sent" ? t("live.on_way") : undefined}
            readAt={figures.observed_at}
            now={now}
            timeZone={zone}
          />
        )}
    >
      {!isKnown && (
        <StaleFigures
          from={view.agent === "online" ? "router" : "agent"}
          at={view.agent === "online" ? figures.observed_at : view.site.heartbeat_at}
          now={now}
          zone={zone}
        />
      )}
      <FactList
        facts={[
          { label: "Managed secrets", value: formatCount(figures.managed) },
          { label: "Should be on", value: formatCount(figures.managed - figures.disabled) },
          { label: "Should be off", value: formatCount(figures.disabled) },
          { label: "Online now", value: isKnown ? formatCount(figures.online) : "Unknown" },
          {
            label: "Last read",
            value: figures.observed_at && <RelativeTime at={figures.observed_at} now={now} timeZone={zone} />,
          },
        ]}
      />
    </Card>
  );
}

/** How far the newest desired state has come; Unknown while the router cannot be asked. */
function deliveryOf({ agent, router, state }: RouterPageView): CommandState | "unknown" {
  if (agent !== "online" || router.status !== "online") return "unknown";
  if (state === null || state.applied_generation >= state.generation) return "done";
  return state.stored_generation >= state.generation ? "sent" : "queued";
}

/** What the router says of itself. */
export function FactsCard({ view, mayWrite }: { view: RouterPageView; mayWrite: boolean }) {
  const { router, now, zone } = view;
  const canArchive = mayWrite && router.archived_at === null;
  return (
    <Card
      title="Router"
      foot={canArchive && <a href={`/admin/routers/${router.id}/archive`}>Archive the router</a>}
    >
      <FactList
        facts={[
          { label: "Identity", value: router.identity },
          { label: "RouterOS", value: router.version },
          { label: "Board", value: router.board_name },
          { label: "Serial number", value: serialOf(router.serial_number, router.software_id) },
          { label: "Address", value: <CodeText>{`${router.host}:${router.port}`}</CodeText> },
          { label: "User", value: <CodeText>{router.username}</CodeText> },
          {
            label: "Last contact",
            value: router.status_at && <RelativeTime at={router.status_at} now={now} timeZone={zone} />,
          },
        ]}
      />
    </Card>
  );
}

function serialOf(serial: string | null, softwareId: string | null) {
  const text = serial ?? softwareId;
  return text === null ? undefined : <CodeText>{text}</CodeText>;
}

/** What the agent was asked to do on the router. */
export function CommandsCard({ view }: { view: RouterPageView }) {
  return (
    <TitledTable title="Recent commands">
      <DataTable
        caption="Recent commands"
        rows={view.commands}
        rowNote={(command) => command.requested_by}
        columns={[
          { head: "Command", cell: (command) => KIND_WORDS[command.kind] ?? command.kind },
          { head: "State", cell: (command) => <StatePill command={command} />, phone: "corner" },
          {
            head: "Message",
            cell: (command) => command.error_message && sentence(command.error_message),
            phone: "full",
          },
          {
            head: "When",
            cell: (command) => <RelativeTime at={command.requested_at} now={view.now} timeZone={view.zone} />,
            fit: true,
          },
        ]}
        empty={
          <EmptyState title="No commands yet">Tests and readings of this router are listed here.</EmptyState>
        }
      />
    </TitledTable>
  );
}

function StatePill({ command }: { command: CommandRow }) {
  return command.status === "outcome_unknown"
    ? <Pill tone="mute">Unknown</Pill>
    : <CommandPill state={command.status} />;
}
