import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FilterBar } from "@/web/components/list/FilterBar.tsx";
import { Kpi, KpiRow } from "@/web/components/facts/Kpi.tsx";
import { Menu, MenuAction, MenuLink } from "@/web/components/frame/Menu.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pager } from "@/web/components/list/Pager.tsx";
import { BillPill, ConnectionPill, LinkPill } from "@/web/components/facts/Pill.tsx";
import type { Column } from "@/web/components/list/table_columns.ts";
import { type SampleSubscriber, SUBSCRIBERS } from "./sample_data.ts";

const FILTERS = (
  <FilterBar
    chips={[
      { label: "All", href: "#", count: 1024, isCurrent: true },
      { label: "Due", href: "#", count: 112 },
      { label: "Grace", href: "#", count: 38 },
      { label: "Overdue", href: "#", count: 17 },
      { label: "Held", href: "#", count: 3 },
      { label: "Disconnected", href: "#", count: 9 },
    ]}
    search={{ action: "#", label: "Filter by name or account", keep: { state: "due" } }}
  />
);

const COLUMNS: Column<SampleSubscriber>[] = [
  { head: "Name", cell: (row) => row.name, sort: { href: "#", current: "ascending" } },
  { head: "Bill", cell: (row) => <BillPill state={row.bill} />, phone: "corner" },
  {
    head: "Balance",
    cell: (row) => <Money amount={row.balance} balance />,
    kind: "money",
    sort: { href: "#" },
  },
  { head: "PPPoE user", cell: (row) => <CodeText>{row.pppUser}</CodeText>, fit: true },
  { head: "Plan", cell: (row) => row.plan, fit: true, minor: true, phone: "hide" },
  { head: "Connection", cell: (row) => <ConnectionPill state={row.connection} /> },
  { head: "Link", cell: (row) => <LinkPill state={row.link} /> },
];

/** Figures, and the table with everything on it. */
export function ListsPart() {
  return (
    <>
      <KpiRow>
        <Kpi href="#" label="Online now" value="912" note="38 offline, 6 unknown" />
        <Kpi href="#" label="Collected today" value="₱23,483.00" note="16 payments" noteTone="ok" />
        <Kpi href="#" label="Due this week" value="₱214,386.00" note="112 bills" />
        <Kpi href="#" label="Cut tonight, 09:00" value="17" note="₱23,483.00 past grace" noteTone="bad" />
      </KpiRow>
      <DataTable
        caption="Subscribers"
        columns={COLUMNS}
        rows={SUBSCRIBERS}
        rowHref={(row) => `#${row.account}`}
        rowNote={(row) => <CodeText>{row.account}</CodeText>}
        toolbar={FILTERS}
        empty={null}
        foot={<Pager summary="50 of 1,024 subscribers" previousHref="#" nextHref="#" />}
      />
    </>
  );
}

/** Tables with tick boxes, menus and nothing in them. */
export function MoreTables() {
  return (
    <>
      <DataTable
        caption="Who will be cut"
        density="comfortable"
        columns={[...COLUMNS.slice(0, 3), COLUMNS[6], ROW_ACTIONS].flatMap((column) => column ?? [])}
        rows={SUBSCRIBERS.slice(0, 3)}
        rowHref={(row) => `#${row.account}`}
        select={{
          name: "id",
          value: (row) => row.account,
          label: (row) => `Select ${row.name}`,
          form: "bulk",
        }}
        empty={null}
        foot={
          <form class="card-foot" id="bulk">
            <Button small>Hold selected</Button>
            <Button small kind="quiet">Leave out</Button>
          </form>
        }
      />
      <DataTable
        caption="Plans"
        density="compact"
        columns={COLUMNS.slice(0, 3)}
        rows={SUBSCRIBERS.slice(0, 3)}
        empty={null}
      />
      <DataTable
        caption="Subscribers"
        columns={COLUMNS}
        rows={[]}
        toolbar={FILTERS}
        empty={
          <EmptyState
            icon="search"
            title="No subscriber matches"
            actions={<LinkButton href="#">Reset filters</LinkButton>}
          >
            Nobody is overdue in Poblacion.
          </EmptyState>
        }
      />
      <DataTable
        caption="Subscribers"
        columns={COLUMNS}
        rows={[]}
        empty={
          <EmptyState
            icon="people"
            title="No subscribers yet"
            actions={
              <>
                <LinkButton kind="primary" icon="import" href="#">Import from a router</LinkButton>
                <LinkButton href="#">Add a site</LinkButton>
              </>
            }
          >
            Import the PPP secrets of your router. Nothing is changed on it.
          </EmptyState>
        }
      />
    </>
  );
}

const ROW_ACTIONS: Column<SampleSubscriber> = {
  head: "Actions",
  kind: "actions",
  cell: (row) => (
    <Menu label={`Actions for ${row.name} ${row.account}`}>
      <MenuLink icon="hold" href="#">Hold until…</MenuLink>
      <MenuLink icon="cash" href="#">Post payment</MenuLink>
      <MenuAction icon="close" action="#" csrfToken="t" values={{ id: row.account }}>
        Leave out tonight
      </MenuAction>
    </Menu>
  ),
};
