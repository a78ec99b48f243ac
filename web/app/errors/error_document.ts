import type { Translate } from "@/web/messages/mod.ts";
import { errorTitle } from "./error_titles.ts";

/** What the plain error page shows. */
export interface ErrorDocument {
  t: Translate;
  status: number;
  code: string;
  message: string;
  requestId: string;
}

/** The error page of last resort: it needs no style sheet, layout or database. */
export function errorDocument({ t, status, code, message, requestId }: ErrorDocument): string {
  const title = escapeHtml(t(errorTitle(status, code)));
  return `<!DOCTYPE html><html lang="${t.locale}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Linya</title></head>` +
    `<body><main><h1>${title}</h1><p>${escapeHtml(message)}</p><p><a href="/">${
      escapeHtml(t("states.start"))
    }</a></p><p><small>${escapeHtml(t("states.request"))} ${
      escapeHtml(requestId)
    }</small></p></main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
