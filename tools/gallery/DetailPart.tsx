import { AgingStrip } from "@/web/components/facts/AgingStrip.tsx";
import { Bars } from "@/web/components/facts/Bars.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText, CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { DateText, InstantText, RelativeTime } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Columns, Stack } from "@/web/components/frame/Layout.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { BillPill, ConnectionPill } from "@/web/components/facts/Pill.tsx";
import { Progress, Steps } from "@/web/components/facts/Progress.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { Timeline } from "@/web/components/facts/Timeline.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { formatCount } from "@/web/format.ts";
import { centavos } from "@/shared/money/mod.ts";
import { DAYS, NOW, TIME_ZONE, TODAY } from "./sample_data.ts";
import { Section } from "./Section.tsx";

/** A detail page, charts and progress. */
export function DetailPart() {
  return (
    <>
      <PageHeader
        back={{ href: "#", label: "Subscribers" }}
        title="Rosalinda Manalastas-Villanueva"
        pills={
          <>
            <BillPill state="grace" />
            <ConnectionPill state="active" />
          </>
        }
        lead="A-1044 · Fiber 50 · Brgy. San Roque"
        actions={
          <>
            <LinkButton kind="primary" href="#">Post payment</LinkButton>
            <LinkButton href="#">Hold</LinkButton>
            <LinkButton href="#">Edit</LinkButton>
          </>
        }
      />
      <Tabs
        label="Subscriber"
        tabs={[
          { label: "Overview", href: "#", isCurrent: true },
          { label: "Bills", href: "#", count: 12 },
          { label: "Payments", href: "#" },
          { label: "Service", href: "#" },
          { label: "Documents", href: "#" },
        ]}
      />
      <Columns main={<Facts />} side={<History />} />
      <Columns even main={<Charts />} side={<Working />} />
    </>
  );
}

function Facts() {
  return (
    <>
      <Card title="Connection" aside={<a href="#">All connections</a>}>
        <FactList
          facts={[
            { label: "PPPoE user", value: <CodeText>pppoe-1044</CodeText> },
            { label: "Router", value: "San Roque core, online" },
            {
              label: "Last read",
              value: <RelativeTime at={NOW.subtract({ seconds: 42 })} now={NOW} timeZone={TIME_ZONE} />,
            },
            {
              label: "Started",
              value: <InstantText at={NOW.subtract({ hours: 4000 })} timeZone={TIME_ZONE} />,
            },
            { label: "Due", value: <DateText date={TODAY.add({ days: 3 })} today={TODAY} /> },
            { label: "Phone", value: undefined },
          ]}
        />
      </Card>
      <Card
        title={`Bill 2026-001842, ${
          formatPeriod(TODAY.with({ day: 1 }), TODAY.with({ day: 1 }).add({ months: 1 }))
        }`}
        foot={<LinkButton small icon="cash" href="#">Post payment</LinkButton>}
      >
        <FactList
          sum
          facts={[
            { label: "Fiber 50, 1–30 Nov 2026", value: <Money amount={centavos(99900)} /> },
            { label: "Carried over", value: <Money amount={centavos(-20000)} balance /> },
            { label: "Paid", value: <Money amount={centavos(0)} /> },
            { label: "To pay", value: <Money amount={centavos(79900)} />, strong: true },
          ]}
        />
      </Card>
    </>
  );
}

function History() {
  return (
    <Card title="Timeline">
      <Timeline
        timeZone={TIME_ZONE}
        entries={[
          {
            at: NOW.subtract({ minutes: 3 }),
            title: "Back online",
            detail: "Read back from the router",
            by: "Agent",
            tone: "ok",
          },
          {
            at: NOW.subtract({ minutes: 4 }),
            title: "Paid ₱1,499.00 in cash",
            detail: "Receipt 10421",
            by: "Liza Ramos",
            tone: "ok",
          },
          {
            at: NOW.subtract({ hours: 5 }),
            title: "Disconnected for non-payment",
            by: "Cut run of 23 Nov",
            tone: "bad",
          },
          {
            at: NOW.subtract({ hours: 30 }),
            title: "Held until Sun, 22 Nov 2026",
            detail: "Promised by phone to pay on Sunday after the fiesta",
            by: "Liza Ramos",
            tone: "hold",
          },
          {
            at: NOW.subtract({ hours: 31 }),
            title: "Reminder not delivered",
            detail: "No e-mail address",
            tone: "warn",
          },
          {
            at: NOW.subtract({ hours: 200 }),
            title: "Bill 2026-001842 raised",
            by: "Bill run",
            tone: "info",
          },
        ]}
      />
    </Card>
  );
}

function Charts() {
  return (
    <>
      <Card title="Unpaid by age">
        <AgingStrip
          caption="₱48,210.00 is past due, most of it for less than a week."
          buckets={[
            { label: "0 to 7 days", amount: centavos(2_621_000), count: 18, href: "#" },
            { label: "8 to 30 days", amount: centavos(1_400_000), count: 9, href: "#" },
            { label: "31 to 60 days", amount: centavos(600_000), count: 4, href: "#" },
            { label: "Over 60 days", amount: centavos(200_000), count: 1, href: "#" },
          ]}
        />
      </Card>
      <Card title="Collected and billed">
        <Bars
          caption="₱312,400.00 came in over 30 days, 94 % of what was billed."
          head="Day"
          series={[{ name: "Collected" }, { name: "Billed" }]}
          points={DAYS}
          format={(value) => `₱${formatCount(value)}`}
        />
      </Card>
    </>
  );
}

function Working() {
  return (
    <>
      <Card title="Import">
        <Stack>
          <Steps
            label="Import"
            steps={[
              { label: "Read", state: "done" },
              { label: "Review", state: "done" },
              { label: "Import", state: "current" },
              { label: "Report", state: "todo" },
            ]}
          />
          <Progress
            label="Importing subscribers"
            done={612}
            total={1024}
            note="You can leave this page. It goes on."
          />
        </Stack>
      </Card>
      <Section title="Command on its way">
        <Steps
          label="Command"
          steps={[
            { label: "Queued", state: "done" },
            { label: "Sent", state: "done" },
            { label: "Router did not answer", state: "failed" },
          ]}
        />
        <CopyBlock
          label="Run this on the computer at the site"
          text="npx -y deno@2.9.6 task agent --server https://linya.example.ph/agent/ --code 7KQ2-M9XA-PP4T"
          hint="The code works once, for 30 minutes."
        />
      </Section>
    </>
  );
}
