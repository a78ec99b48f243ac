import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { centavos } from "@/shared/money/mod.ts";
import { AppShell } from "@/web/components/frame/AppShell.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { type ClockView, DemoBar } from "@/web/components/frame/DemoBar.tsx";
import { Document } from "@/web/components/frame/Document.tsx";
import { NotFoundPage, ServerErrorPage, UnavailablePage } from "@/web/components/frame/ErrorPage.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { SignInForm } from "@/web/components/frame/SignInForm.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { DetailPart } from "./DetailPart.tsx";
import { FormsPart } from "./FormsPart.tsx";
import { ListsPart, MoreTables } from "./ListsPart.tsx";
import { PiecesPart } from "./PiecesPart.tsx";
import { TODAY } from "./sample_data.ts";

/** The gallery as static HTML pages: every component in every state, named by what they show. */
export function galleryPages(): Record<string, string> {
  return {
    lists: page(
      "Subscribers",
      <Shell>
        <ListsHeader />
        <ListsPart />
        <MoreTables />
      </Shell>,
    ),
    pieces: page(
      "Pieces",
      <Shell>
        <PageHeader title="Pieces" />
        <PiecesPart />
      </Shell>,
    ),
    detail: page(
      "Subscriber",
      <Shell demo>
        <DetailPart />
      </Shell>,
    ),
    forms: page(
      "Forms",
      <Shell>
        <PageHeader title="Forms" />
        <FormsPart />
      </Shell>,
    ),
    sign_in: page("Sign in", <SignIn />),
    not_found: page("Not found", <NotFoundPage />),
    server_error: page("Error", <ServerErrorPage requestId="0197b3c2-7f41" retryHref="#" />),
    database_away: page(
      "Database",
      <UnavailablePage requestId="0197b3c2-7f41" retryHref="#" isRestarting={false} waits />,
    ),
    framed_error: page(
      "Error",
      <Shell>
        <ServerErrorPage requestId="0197b3c2-7f41" retryHref="#" isFramed />
      </Shell>,
    ),
    session_ended: page(
      "Sign in",
      <SignInForm email="" next="/admin" carried="sealed" ended="kept" problems={{}} />,
    ),
  };
}

function page(title: string, body: VNode): string {
  return `<!doctype html>${renderToString(<Document title={title} stylesheet="admin.css">{body}</Document>)}`;
}

function Shell({ children, demo }: { children: preact.ComponentChildren; demo?: boolean }) {
  return (
    <AppShell
      tenantName="Bayan Net"
      current="subscribers"
      staffName="Liza Ramos"
      csrfToken="t"
      agentStatus={demo ? { online: 1, total: 2 } : { online: 2, total: 2 }}
      businessDate={TODAY}
      counts={{ tonight: { count: 17, tone: "warn" }, subscribers: { count: 1024 } }}
      demoBar={demo && <DemoBar csrfToken="t" back="/admin" clock={CLOCK} unseenMails={3} canControl />}
    >
      {children}
    </AppShell>
  );
}

const CLOCK: ClockView = {
  today: TODAY,
  time: Temporal.PlainTime.from("09:05"),
  playing: null,
  preparing: null,
  passed: {
    first: TODAY,
    last: TODAY,
    bills: 17,
    billed: centavos(23_483_00),
    payments: 12,
    cut: 3,
    restored: 2,
    isWaiting: true,
  },
};

function ListsHeader() {
  return (
    <PageHeader
      title="Subscribers"
      actions={
        <>
          <LinkButton href="#">Import</LinkButton>
          <LinkButton href="#">Export</LinkButton>
          <LinkButton kind="primary" href="#">Add subscriber</LinkButton>
        </>
      }
    />
  );
}

function SignIn() {
  return (
    <AuthShell
      title="Sign in"
      name="Bayan Net"
      note="Five wrong passwords close an account for 15 minutes."
    >
      <form class="form" method="post" action="#">
        <TextField name="email" type="email" label="E-mail" required autocomplete="username" />
        <TextField
          name="password"
          type="password"
          label="Password"
          required
          autocomplete="current-password"
          error="E-mail and password do not match. 4 tries are left."
        />
        <Button kind="primary" wide>Sign in</Button>
      </form>
    </AuthShell>
  );
}
