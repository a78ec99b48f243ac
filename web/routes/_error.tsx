import { HttpError, page } from "fresh";
import { DatabaseAwayPage, NotFoundPage, RefusedPage, ServerErrorPage } from "@/web/components/ErrorPage.tsx";
import { formPageOf } from "@/web/app/form_page.ts";
import { loadShell } from "@/web/app/load_shell.ts";
import { type AppState, define } from "@/web/app/state.ts";
import TryAgain from "@/web/islands/TryAgain.tsx";
import { type MessageKey, preferredLocale, translator } from "@/web/messages/mod.ts";

const TITLES: Readonly<Record<number, MessageKey>> = {
  400: "states.error_400",
  403: "states.error_403",
  404: "states.missing_title",
  405: "states.error_405",
  408: "states.error_408",
  413: "states.error_413",
  415: "states.error_415",
  421: "states.error_421",
  422: "states.error_422",
  429: "states.error_429",
  503: "states.away_title",
};
/** Said in the page's language; other refusals carry their own words. */
const TEXTS: Readonly<Record<number, MessageKey>> = { 408: "states.text_408", 421: "states.text_421" };
const RETRY_SECONDS = 5;

/**
 * Every error that a person can meet, in the admin's frame where they are signed in. The message of an `HttpError` was
 * written for them; others keep their secrets.
 */
export default define.page<typeof handler>(function ErrorPage({ error, state, url, req, data }) {
  const { requestId } = state;
  const status = statusOf(error);
  const isFramed = state.shell !== null && state.session !== null;
  if (status === 404) return <NotFoundPage isFramed={isFramed} />;
  const retryHref = isRead(req) ? url.pathname + url.search : formPageOf(req, url) ?? "/admin";
  if (status === 503) {
    return (
      <>
        <DatabaseAwayPage requestId={requestId} retryHref={retryHref} waits={data.waits} />
        {data.waits && <TryAgain seconds={RETRY_SECONDS} />}
      </>
    );
  }
  if (status >= 500 || !(error instanceof HttpError)) {
    return (
      <ServerErrorPage
        requestId={requestId}
        isFramed={isFramed}
        // What a form was sent to is not repeated: it may have been done.
        retryHref={isRead(req) ? retryHref : undefined}
      />
    );
  }
  const text = TEXTS[status];
  return (
    <RefusedPage
      title={state.t(titleOf(status))}
      message={text === undefined ? <span lang="en">{error.message}</span> : state.t(text)}
      requestId={requestId}
      isFramed={isFramed}
      backHref={isRead(req) ? undefined : retryHref}
    />
  );
});

// The document is rendered around the page and before it, so its title is set here.
export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const status = statusOf(ctx.error);
    // An error of the first guards comes before the language is chosen.
    state.locale ??= preferredLocale(ctx.req.headers.get("accept-language"));
    state.t ??= translator(state.locale);
    state.shell ??= null;
    state.session ??= null;
    state.title = state.t(titleOf(status));
    if (status === 503) state.shell = null;
    else await frame(state);
    const waits = status === 503 && isRead(ctx.req);
    if (waits) {
      state.refreshSeconds = RETRY_SECONDS;
      state.reloadsItself = true;
    }
    return page({ waits });
  },
});

/** Reads the frame where a guard refused before the middleware of the admin could. */
async function frame(state: AppState): Promise<void> {
  if (state.session === null || state.shell !== null) return;
  try {
    state.shell = await loadShell(state, state.session);
  } catch (error) {
    state.log.warn("error_page_without_frame", { message: String(error) });
  }
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

function titleOf(status: number): MessageKey {
  return TITLES[status] ?? (status >= 500 ? "states.broken_title" : "states.error_other");
}
