import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { readInput } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { remindPreviewQuery } from "@/web/route_table/deliveries.ts";
import { previewReminder } from "@/web/services/mail/preview_mail.ts";
import { framedMail, linesAbove } from "../mail/(_parts)/mail_frame.tsx";

/** A reminder as one of the chosen would get it, for the frame beside the question. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "mail:send",
    input: remindPreviewQuery,
    summary: "A reminder as it will read for one of the chosen",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { bill } = readInput(state, remindPreviewQuery);
    const { today } = momentOf(state);
    const links = found(state.services.links ?? null);
    found(may(state, "bill:read") && may(state, "subscriber:read") ? true : null);
    const preview = (above: readonly string[]) =>
      readPage(
        state,
        async (trx) =>
          found(await previewReminder(trx, { today, links }, { billIds: bill, look: { above } })),
      );
    return framedMail((await preview(linesAbove(state.t, await preview([])))).html);
  },
});
