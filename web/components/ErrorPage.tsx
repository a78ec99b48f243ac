import { AuthShell } from "./AuthShell.tsx";
import { LinkButton } from "./Button.tsx";
import { CodeText } from "./CopyBlock.tsx";

/** Nothing at this address, or not for this person: the answer is the same, so that it gives nothing away. */
export function NotFoundPage({ homeHref = "/admin" }: { homeHref?: string | undefined }) {
  return (
    <AuthShell
      title="There is no page here for you"
      lead="The address is wrong, the record is gone, or your role does not include it. An owner can change your role."
    >
      <div class="cluster">
        <LinkButton kind="primary" href={homeHref}>Go to Today</LinkButton>
      </div>
    </AuthShell>
  );
}

/** Something broke on our side. The request id leads to the log entry. */
export function ServerErrorPage(
  { requestId, retryHref }: { requestId: string; retryHref?: string | undefined },
) {
  return (
    <AuthShell
      title="This page broke"
      lead="The fault is recorded. Before you repeat a payment, look in Payments: it may have been posted."
      note={<RequestId id={requestId} />}
    >
      <div class="cluster">
        <LinkButton kind="primary" href={retryHref ?? "/admin"}>
          {retryHref ? "Load it again" : "Go to Today"}
        </LinkButton>
      </div>
    </AuthShell>
  );
}

/** The database does not answer: retry, nobody is cut meanwhile. */
export function DatabaseAwayPage({ requestId, retryHref }: { requestId: string; retryHref: string }) {
  return (
    <AuthShell
      title="The database is away"
      lead="Nothing can be read or saved until it is back. Subscribers stay as they are and nobody is cut meanwhile."
      note={<RequestId id={requestId} />}
    >
      <div class="cluster">
        <LinkButton kind="primary" href={retryHref}>Try again</LinkButton>
      </div>
    </AuthShell>
  );
}

function RequestId({ id }: { id: string }) {
  return (
    <>
      Request <CodeText>{id}</CodeText>
    </>
  );
}
