import { HttpError, page } from "fresh";
import {
  NotFoundPage,
  RefusedPage,
  ServerErrorPage,
  UnavailablePage,
} from "@/web/components/frame/ErrorPage.tsx";
import { errorTitle } from "@/web/app/errors/error_titles.ts";
import { publicErrorOf } from "@/web/app/errors/errors.ts";
import { Refused } from "@/web/app/errors/refused.ts";
import { formPageOf } from "@/web/app/form/form_page.ts";
import { loadShell } from "@/web/app/frame/load_shell.ts";
import { type AppState, define } from "@/web/app/state.ts";
import TryAgain from "@/web/islands/TryAgain.tsx";
import { preferredLocale, translator } from "@/web/messages/mod.ts";

const RETRY_SECONDS = 5;

/**
 * Every error that a person can meet, in the admin's frame where they are signed in. A refusal is said
 * in their language; other errors keep their secrets.
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
        <UnavailablePage
          requestId={requestId}
          retryHref={retryHref}
          waits={data.waits}
          isRestarting={codeOf(error) === "restarting"}
        />
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
  return (
    <RefusedPage
      title={state.t(errorTitle(status))}
      message={publicErrorOf(error, state.t).message}
      requestId={requestId}
      isFramed={isFramed}
      hasHome={status !== 421}
      backHref={isRead(req) || status === 421 ? undefined : retryHref}
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
    state.title = state.t(errorTitle(status, codeOf(ctx.error)));
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
  // The other audiences have no frame yet.
  if (state.session?.audience !== "staff" || state.shell !== null) return;
  try {
    state.shell = await loadShell(state, state.session);
  } catch (error) {
    state.log.warn("error_page_without_frame", { message: String(error) });
  }
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function codeOf(error: unknown): string {
  return error instanceof Refused ? error.refusal.code : "";
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
