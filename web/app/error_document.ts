/** What the plain error page shows. */
export interface ErrorDocument {
  status: number;
  message: string;
  requestId: string;
}

const TITLES: Record<number, string> = {
  403: "Not allowed",
  404: "Page not found",
  405: "Not possible here",
  413: "Too large",
  422: "Check what you entered",
  429: "Too many tries",
  503: "Back in a moment",
};

/** The error page of last resort: it needs no style sheet, layout or database. */
export function errorDocument({ status, message, requestId }: ErrorDocument): string {
  const title = TITLES[status] ?? "Something went wrong";
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Linya</title></head>` +
    `<body><main><h1>${title}</h1><p>${escapeHtml(message)}</p><p><a href="/">Go to the start page</a></p>` +
    `<p><small>Request ${escapeHtml(requestId)}</small></p></main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
