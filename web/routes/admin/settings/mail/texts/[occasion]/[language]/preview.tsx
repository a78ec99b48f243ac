import type { Context } from "fresh";
import { may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { framedMail, linesAbove, plainPage } from "@/web/routes/admin/mail/(_parts)/mail_frame.tsx";
import { textProblem } from "@/web/domain/mail/texts.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { previewForm, previewQuery, textParams } from "@/web/route_table/mail_texts.ts";
import { readUsedText } from "@/web/services/mail/mail_texts.ts";
import { previewMail, type PreviewRequest } from "@/web/services/mail/preview_mail.ts";

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
    if (state.inputProblems !== null) {
      return framedMail(plainPage(state.t, Object.values(state.inputProblems)), 422);
    }
    const { subject, body, who, look } = readInput(state, previewForm);
    const problems = [subject, body].map((text) => textProblem(text, key.occasion))
      .filter((problem) => problem !== null);
    if (problems.length > 0) {
      return framedMail(plainPage(state.t, problems.map((problem) => codedText(state.t, problem))), 422);
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
  const above = linesAbove(state.t, first);
  if (look === "text") return framedMail(plainPage(state.t, [...above, first.text]));
  return framedMail((await preview(above)).html);
}

/** Who may not open subscribers and bills sees an example. */
function mayMeet(state: AppState): boolean {
  return may(state, "subscriber:read") && may(state, "bill:read");
}
