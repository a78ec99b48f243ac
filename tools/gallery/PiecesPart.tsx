import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState, NoMatch } from "@/web/components/facts/EmptyState.tsx";
import { NoAccess, Skeleton, StaleNote } from "@/web/components/facts/States.tsx";
import { FlashContext } from "@/web/components/frame/flash_context.ts";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { ICON_PATHS, type IconName } from "@/web/components/facts/icon_paths.ts";
import { Cluster } from "@/web/components/frame/Layout.tsx";
import { BillPill, CommandPill, ConnectionPill, DevicePill, LinkPill } from "@/web/components/facts/Pill.tsx";
import {
  BILL_WORDS,
  COMMAND_WORDS,
  CONNECTION_WORDS,
  DEVICE_WORDS,
  LINK_WORDS,
} from "@/web/components/words/state_words.ts";
import { Section } from "./Section.tsx";

/** Buttons, pills, icons and messages. */
export function PiecesPart() {
  return (
    <>
      <Section title="Buttons">
        <Cluster>
          <Button kind="primary" icon="cash">Post ₱1,499.00</Button>
          <Button>Hold until…</Button>
          <LinkButton href="#" icon="export">Export</LinkButton>
          <Button kind="quiet">Cancel</Button>
          <Button kind="danger">Cut 17 subscribers</Button>
          <Button disabledReason="Your role cannot run the cut">Run now</Button>
          <ActionForm action="#" csrfToken="t" values={{ id: "1" }} icon="undo">Undo import</ActionForm>
          <Button small>Small</Button>
        </Cluster>
      </Section>
      <Section title="States">
        <Cluster>{keys(BILL_WORDS).map((state) => <BillPill key={state} state={state} />)}</Cluster>
        <Cluster>
          {keys(CONNECTION_WORDS).map((state) => <ConnectionPill key={state} state={state} />)}
          <ConnectionPill state="held" suffix="until Fri" />
        </Cluster>
        <Cluster>{keys(LINK_WORDS).map((state) => <LinkPill key={state} state={state} />)}</Cluster>
        <Cluster>{keys(COMMAND_WORDS).map((state) => <CommandPill key={state} state={state} />)}</Cluster>
        <Cluster>{keys(DEVICE_WORDS).map((state) => <DevicePill key={state} state={state} />)}</Cluster>
      </Section>
      <Section title="Icons">
        <Cluster>{keys(ICON_PATHS).map((name: IconName) => <Icon key={name} name={name} />)}</Cluster>
      </Section>
      <Section title="Nothing to show, not yet, not for everybody">
        <section class="card">
          <EmptyState icon="plan" title="No plans yet" actions={<LinkButton href="#">Add a plan</LinkButton>}>
            A plan has a price and the PPP profile that sets its speed.
          </EmptyState>
        </section>
        <section class="card">
          <NoMatch title="No bill matches" resetHref="#">Two filters are on.</NoMatch>
        </section>
        <section class="card">
          <Skeleton />
        </section>
        <StaleNote when="14 min ago" />
        <NoAccess permission="bill:read" granters={["Ana Cruz", "Ben Reyes"]} />
      </Section>
      <Section title="Messages">
        <FlashContext.Provider value={{ csrfToken: "t", undo: { entry: "7", action: "payment.recorded" } }}>
          <Flash done="posted" messages={{ posted: "The payment is posted." }} />
        </FlashContext.Provider>
        <Flash
          done="posted"
          messages={{ posted: "Payment 10421 of ₱1,499.00 is posted. Juan is back online." }}
          actions={<LinkButton small href="#">Print receipt</LinkButton>}
        />
        <Banner tone="info" title="Bills for November are ready">
          302 bills were raised at 00:10, none in error.
        </Banner>
        <Banner
          tone="warn"
          title="The run waits for approval"
          actions={<LinkButton small href="#">Review</LinkButton>}
        >
          241 of 1,024 active subscribers would be cut, more than the brake of 20 %.
        </Banner>
        <Banner tone="bad" title="Brgy. San Roque has been dark since 13:40">
          The agent does not answer. Subscribers there stay as they are, and nobody is cut.
        </Banner>
        <Banner tone="hold">Held by promise until Fri, 27 Nov 2026.</Banner>
      </Section>
    </>
  );
}

function keys<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[];
}
