import { renderToString } from "preact-render-to-string";
import type { Translate } from "@/web/messages/mod.ts";
import type { PreviewedMail } from "@/web/services/mail/preview_mail.ts";

/** What stands over a mail in its frame: with whom it is made, and its subject. */
export function linesAbove(t: Translate, { reader, subject }: PreviewedMail): string[] {
  return [
    reader === null ? t("mail_texts.preview_sample") : t("mail_texts.preview_real", { ...reader }),
    t("mail_texts.preview_subject", { subject }),
  ];
}

/** Lines as they are, as a page. */
export function plainPage(t: Translate, lines: readonly string[]): string {
  return `<!DOCTYPE html>${
    renderToString(
      <html lang={t.locale}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{t("mail_texts.preview")}</title>
        </head>
        <body style="margin:0;padding:16px;font:14px/20px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;">
          {lines.join("\n\n")}
        </body>
      </html>,
    )
  }`;
}

/** A page of its own kind: only a frame of ours may hold it, and it may hold nothing but styles and pictures of its own. */
export function framedMail(html: string, status = 200): Response {
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
      ].join("; "),
      "referrer-policy": "no-referrer",
    },
  });
}
