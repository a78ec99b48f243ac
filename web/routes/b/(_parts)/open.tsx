import type { Context } from "fresh";
import { bareHeaders, barePage } from "@/web/app/serve/bare_page.tsx";
import type { AppState } from "@/web/app/state.ts";
import type { LinkTry, Opened } from "@/web/services/mail/public_bill.ts";

/** What a request for a public address tries. */
export function tryOf({ params, state }: Context<AppState>): LinkTry {
  return { token: params.token ?? "", ip: state.clientIp };
}

/** The one answer to every address that leads nowhere, whatever the reason; later, the same with the time to wait. */
export function nowhere<T>(
  { state }: Context<AppState>,
  opened: Exclude<Opened<T>, { kind: "found" }>,
): Response {
  const { t } = state;
  const title = t("public_bill.gone_title");
  const waits = opened.kind === "wait"
    ? { status: 429, headers: { "retry-after": String(opened.seconds) } }
    : { status: 404 };
  return barePage(state, {
    title,
    lang: t.locale,
    ...waits,
    children: (
      <div class="card">
        <h1>{title}</h1>
        <p class="quiet">{t("public_bill.gone_note")}</p>
      </div>
    ),
  });
}

/** A file that belongs to a public address. */
export function publicFile(bytes: Uint8Array, headers: Record<string, string>): Response {
  return new Response(new Uint8Array(bytes), { headers: { ...bareHeaders(), ...headers } });
}
