import { HttpError, page } from "fresh";
import { DatabaseAwayPage, NotFoundPage, ServerErrorPage } from "@/web/components/ErrorPage.tsx";
import { AuthShell } from "@/web/components/AuthShell.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { ownPath } from "@/web/app/own_path.ts";
import { define } from "@/web/app/state.ts";

const TITLES: Record<number, string> = {
  400: "This request could not be read",
  403: "This form is no longer valid",
  404: "There is no page here for you",
  405: "Not possible here",
  413: "This is too large",
  415: "This kind of content is not taken here",
  422: "Some fields are not right",
  429: "Too many tries",
  503: "The database is away",
};

/** Every error that a person can meet. The message of an `HttpError` was written for them; others keep their secrets. */
export default define.page<typeof handler>(function ErrorPage({ error, state, url, req }) {
  const status = statusOf(error);
  if (status === 404) return <NotFoundPage />;
  if (status === 503) return <DatabaseAwayPage requestId={state.requestId} retryHref={retryHref(req, url)} />;
  if (status >= 500 || !(error instanceof HttpError)) return <ServerErrorPage requestId={state.requestId} />;
  return (
    <AuthShell title={titleOf(status)} lead={error.message}>
      <div class="cluster">
        <LinkButton kind="primary" href="/admin">Go to Today</LinkButton>
      </div>
    </AuthShell>
  );
});

// The document is rendered around the page and before it, so its title is set here.
export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = titleOf(statusOf(ctx.error));
    return page();
  },
});

/** The page to load again. Many forms are sent to an address that has no page: then it is the one with the form. */
function retryHref(req: Request, url: URL): string {
  if (req.method === "GET" || req.method === "HEAD") return url.pathname + url.search;
  const form = req.headers.get("referer") ?? "";
  if (!URL.canParse(form)) return "/admin";
  const { host, pathname, search } = new URL(form);
  return host === url.host ? ownPath(pathname + search) ?? "/admin" : "/admin";
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

function titleOf(status: number): string {
  return TITLES[status] ?? (status >= 500 ? "This page broke" : "This did not work");
}
