import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Locale } from "@/web/messages/mod.ts";
import type { AppState } from "@/web/app/state.ts";

/** A page for whoever has its address. */
export interface BarePage {
  title: string;
  lang: Locale;
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** Further rules of its style sheet. */
  css?: string;
  /** It has a form, which is sent to its own address. @default false */
  hasForm?: boolean;
  children: ComponentChildren;
}

/**
 * Old phones show it too: colours in hex, no variables, no grid. Dark follows the device.
 */
const CSS = `*{box-sizing:border-box}
body{margin:0;background:#f6f7f9;color:#15202b;font:16px/24px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:480px;margin:0 auto;padding:16px 16px 32px}
h1,h2{font-size:18px;line-height:26px;margin:0}
h2{font-size:16px}
p{margin:0 0 12px}
a{color:#2451c7}
.card{background:#fff;border:1px solid #dce1e8;border-radius:10px;padding:20px;margin:0 0 16px}
.quiet{color:#465566;font-size:14px;line-height:20px}
.amount{font-size:40px;line-height:48px;font-weight:700;font-variant-numeric:tabular-nums}
dl{margin:0}
dl div{padding:8px 0;border-top:1px solid #dce1e8}
dl div:first-child{border-top:0}
dt{color:#465566;font-size:14px;line-height:20px}
dd{margin:0}
.lines{white-space:pre-line}
a:focus-visible,button:focus-visible,input:focus-visible{outline:2px solid #2451c7;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#0d1218;color:#e7edf3}a{color:#8fb2ff}.card{background:#151c25;border-color:#2a3644}.quiet,dt{color:#aebbc9}dl div{border-color:#2a3644}a:focus-visible,button:focus-visible,input:focus-visible{outline-color:#8fb2ff}}`;

/**
 * A page without scripts, style sheets or anything else that has to be fetched before it is read. It is in no search and no
 * cache, and tells no other site where it was.
 */
export function barePage(
  { nonce }: Pick<AppState, "nonce">,
  { title, lang, status = 200, headers, css = "", hasForm = false, children }: BarePage,
): Response {
  const html = renderToString(
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <link rel="icon" href="data:," />
        <style nonce={nonce} dangerouslySetInnerHTML={{ __html: CSS + css }} />
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>,
  );
  return new Response(`<!DOCTYPE html>${html}`, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...bareHeaders({ nonce, hasForm }),
      ...headers,
    },
  });
}

/** Headers of everything that an address without sign-in leads to. */
export function bareHeaders(
  { nonce, hasForm = false }: { nonce?: string; hasForm?: boolean } = {},
): Record<string, string> {
  const style = nonce === undefined ? [] : [`style-src 'nonce-${nonce}'`, "img-src 'self' data:"];
  return {
    "cache-control": "no-store",
    "content-security-policy": [
      "default-src 'none'",
      ...style,
      `form-action ${hasForm ? "'self'" : "'none'"}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    // Without a referrer a browser says of a form that it comes from nowhere, and it would be refused.
    "referrer-policy": hasForm ? "same-origin" : "no-referrer",
    "x-robots-tag": "noindex, nofollow",
  };
}
