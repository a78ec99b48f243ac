import type { ComponentChildren } from "preact";
import { AuthShell } from "./AuthShell.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import type { IconName } from "@/web/components/facts/icon_paths.ts";

/** What every error page is told. */
interface ErrorPageProps {
  /** The admin's frame is around it. @default false */
  isFramed?: boolean | undefined;
}

/** Nothing at this address, or not for this person: the answer is the same, so that it gives nothing away. */
export function NotFoundPage({ homeHref = "/admin", isFramed }: ErrorPageProps & { homeHref?: string }) {
  const t = useT();
  return (
    <ErrorFrame
      isFramed={isFramed}
      icon="search"
      title={t("states.missing_title")}
      lead={t("states.missing_text")}
    >
      <LinkButton kind="primary" href={homeHref}>{t("states.today")}</LinkButton>
    </ErrorFrame>
  );
}

/** Something broke on our side. The request id leads to the log entry. */
export function ServerErrorPage(
  { requestId, retryHref, isFramed }: ErrorPageProps & { requestId: string; retryHref?: string | undefined },
) {
  const t = useT();
  return (
    <ErrorFrame
      isFramed={isFramed}
      icon="bad"
      title={t("states.broken_title")}
      lead={t("states.broken_text")}
      note={<RequestId id={requestId} />}
    >
      <LinkButton kind="primary" href={retryHref ?? "/admin"}>
        {retryHref ? t("states.again") : t("states.today")}
      </LinkButton>
    </ErrorFrame>
  );
}

interface UnavailableProps extends ErrorPageProps {
  requestId: string;
  retryHref: string;
  isRestarting: boolean;
  /** The page loads itself again. */
  waits?: boolean | undefined;
}

/** The database does not answer, or Linya itself is being stopped: retry, nobody is cut meanwhile. */
export function UnavailablePage({ requestId, retryHref, waits, isRestarting }: UnavailableProps) {
  const t = useT();
  return (
    <ErrorFrame
      icon="plug"
      title={t(isRestarting ? "states.restart_title" : "states.away_title")}
      lead={`${t(isRestarting ? "states.restart_text" : "states.away_text")}${
        waits ? ` ${t("states.away_waits")}` : ""
      }`}
      note={<RequestId id={requestId} />}
    >
      <LinkButton kind="primary" href={retryHref}>{t("states.try_again")}</LinkButton>
    </ErrorFrame>
  );
}

interface RefusedPageProps extends ErrorPageProps {
  title: string;
  message: ComponentChildren;
  requestId: string;
  backHref?: string | undefined;
  /** Whether other pages would be answered. @default true */
  hasHome?: boolean;
}

/** A request that was refused, with the words that were written for the person. */
export function RefusedPage(
  { title, message, requestId, backHref, isFramed, hasHome = true }: RefusedPageProps,
) {
  const t = useT();
  return (
    <ErrorFrame
      isFramed={isFramed}
      icon="warn"
      title={title}
      lead={message}
      note={<RequestId id={requestId} />}
    >
      {backHref && <LinkButton kind="primary" href={backHref}>{t("states.go_back")}</LinkButton>}
      {hasHome && (
        <LinkButton kind={backHref ? "default" : "primary"} href="/admin">{t("states.today")}</LinkButton>
      )}
    </ErrorFrame>
  );
}

interface ErrorFrameProps extends ErrorPageProps {
  icon: IconName;
  title: string;
  lead: ComponentChildren;
  note?: ComponentChildren;
  children: ComponentChildren;
}

function ErrorFrame({ isFramed, icon, title, lead, note, children }: ErrorFrameProps) {
  if (!isFramed) {
    return (
      <AuthShell title={title} lead={lead} note={note}>
        <div class="cluster">{children}</div>
      </AuthShell>
    );
  }
  return (
    <section class="card">
      <div class="empty">
        <Icon name={icon} />
        <h1>{title}</h1>
        <p>{lead}</p>
        <div class="cluster">{children}</div>
        {note && <div class="note request-id">{note}</div>}
      </div>
    </section>
  );
}

/** The id is selected by one click, and copied by a button where scripts run. */
function RequestId({ id }: { id: string }) {
  const t = useT();
  return (
    <span class="cluster">
      {t("states.request")} <CodeText>{id}</CodeText>
      <span class="needs-script">
        <Button type="button" small kind="quiet" icon="copy" copies={id}>{t("states.copy")}</Button>
      </span>
    </span>
  );
}
