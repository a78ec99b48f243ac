import type { Context } from "fresh";
import { renderToString } from "preact-render-to-string";
import { may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { textProblem } from "@/web/domain/mail/texts.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { previewForm, previewQuery, textParams } from "@/web/route_table/mail_texts.ts";
import { readUsedText } from "@/web/services/mail/mail_texts.ts";
import { type PreviewedMail, previewMail, type PreviewRequest } from "@/web/services/mail/preview_mail.ts";

/** A mail as a subscriber would see it, for the frame beside its text. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:read",
    params: textParams,
    input: previewQuery,
    summary: "Preview of a mail",
  },
  POST: {
    audience: "staff",
    permission: "settings:read",
    params: textParams,
    input: previewForm,
    summary: "Preview of a mail as it was typed",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const key = readParams(ctx.state, textParams);
    const { who = "", look } = readInput(ctx.state, previewQuery);
    const { subject, body } = await readPage(ctx.state, (trx) => readUsedText(trx, key));
    return await show(ctx, { ...key, texts: { subject, body }, who, look });
  },
  async POST(ctx) {
    const { state } = ctx;
    const key = readParams(state, textParams);
    if (state.inputProblems !== null) return framed(sayAll(state, Object.values(state.inputProblems)), 422);
    const { subject, body, who, look } = readInput(state, previewForm);
    const problems = [subject, body].map((text) => textProblem(text, key.occasion))
      .filter((problem) => problem !== null);
    if (problems.length > 0) {
      return framed(sayAll(state, problems.map((problem) => codedText(state.t, problem))), 422);
    }
    return await show(ctx, { ...key, texts: { subject, body }, who, look });
  },
});

type Shown = Omit<PreviewRequest, "look"> & { look: "light" | "dark" | "text" | undefined };

async function show({ state }: Context<AppState>, { look, ...asked }: Shown): Promise<Response> {
  const { today } = momentOf(state);
  const preview = (above: readonly string[]) =>
    readPage(
      state,
      (trx) =>
        previewMail(trx, { today, links: mayMeet(state) ? state.services.links : undefined }, {
          ...asked,
          look: { above, ...(look === "light" || look === "dark" ? { scheme: look } : {}) },
        }),
    );
  const first = await preview([]);
  const above = aboveOf(state, first);
  if (look === "text") return framed(sayAll(state, [...above, first.text]));
  return framed((await preview(above)).html);
}

/** Who may not open subscribers and bills sees an example. */
function mayMeet(state: AppState): boolean {
  return may(state, "subscriber:read") && may(state, "bill:read");
}

function aboveOf({ t }: AppState, { reader, subject }: PreviewedMail): string[] {
  return [
    reader === null ? t("mail_texts.preview_sample") : t("mail_texts.preview_real", { ...reader }),
    t("mail_texts.preview_subject", { subject }),
  ];
}

/** Lines as they are. */
function sayAll({ t }: AppState, lines: readonly string[]): string {
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
function framed(html: string, status = 200): Response {
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
