import type { Context } from "fresh";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { barePage } from "@/web/app/serve/bare_page.tsx";
import { requestOriginOf } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { MAILS_WANTED, type MailsWanted } from "@/web/domain/mail/types.ts";
import { translator } from "@/web/messages/mod.ts";
import { chooseMails, type MailWishes, openMailWishes } from "@/web/services/mail/mail_wishes.ts";
import type { Opened } from "@/web/services/mail/public_bill.ts";

/**
 * Which mails a subscriber wants. Its address is the authority, as a mail program that unsubscribes with one click (RFC 8058)
 * has nothing else; opening it changes nothing, since programs open links before people do.
 */
export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", summary: "Which mails a subscriber wants" },
  POST: { audience: "public", permission: "public", summary: "Choose which mails one wants" },
};

export const handler = define.handlers({
  async GET(ctx) {
    const opened = await open(ctx);
    if (opened.kind !== "found") return nowhere(ctx, opened);
    return show(ctx, opened.value, { isSaved: ctx.url.searchParams.get("done") === "saved" });
  },
  async POST(ctx) {
    const opened = await open(ctx);
    if (opened.kind !== "found") return nowhere(ctx, opened);
    const chosen = await readChoice(ctx.req);
    if (chosen === null) return show(ctx, opened.value, { status: 422 });
    const origin = requestOriginOf(ctx.state);
    const done = await chooseMails(ctx.state.services, opened.value, chosen, origin);
    if (!done.ok) return nowhere(ctx, { kind: "none" });
    if (chosen !== "unsubscribe") return ctx.redirect(`${ctx.url.pathname}?done=saved`, 303);
    // A mail program follows no redirect.
    const wanted = opened.value.wanted === "none" ? "none" : "no_reminders";
    return show(ctx, { ...opened.value, wanted }, { isSaved: true });
  },
});

function open({ params, state }: Context<AppState>): Promise<Opened<MailWishes>> {
  return openMailWishes(state.services, { token: params.token ?? "", ip: state.clientIp });
}

async function readChoice(req: Request): Promise<MailsWanted | "unsubscribe" | null> {
  const form = await req.formData().catch(() => null);
  if (form?.get("List-Unsubscribe") === "One-Click") return "unsubscribe";
  return MAILS_WANTED.find((wanted) => wanted === form?.get("wanted")) ?? null;
}

function show(
  { state }: Context<AppState>,
  { company, name, language, wanted }: MailWishes,
  { isSaved = false, status = 200 }: { isSaved?: boolean; status?: number },
): Response {
  const t = translator(language);
  return barePage(state, {
    title: `${t("mail_wishes.title")} · ${company}`,
    lang: t.locale,
    status,
    hasForm: true,
    css: CSS,
    children: (
      <>
        <h1 class="head">{company}</h1>
        {isSaved && <p class="card" role="status">{t("mail_wishes.saved")}</p>}
        <form class="card" method="post">
          <h1>{t("mail_wishes.title")}</h1>
          <p class="quiet">{t("mail_wishes.for", { company, name })}</p>
          {MAILS_WANTED.map((choice) => (
            <label class="choice" key={choice}>
              <input type="radio" name="wanted" value={choice} checked={choice === wanted} />
              <span>
                <b>{t(`mail_wishes.choice_${choice}`)}</b>
                <span class="quiet">{t(`mail_wishes.choice_${choice}_note`)}</span>
              </span>
            </label>
          ))}
          <button type="submit">{t("mail_wishes.save")}</button>
        </form>
      </>
    ),
  });
}

const CSS = `
.head{margin:0 0 12px}
.choice{display:flex;align-items:flex-start;padding:12px 0;border-top:1px solid #dce1e8}
.choice input{width:20px;height:20px;margin:2px 12px 0 0;flex:none}
.choice b,.choice .quiet{display:block}
button{display:block;width:100%;min-height:48px;margin:12px 0 0;border:0;border-radius:6px;background:#2451c7;color:#fff;font:inherit;font-weight:600}
@media (prefers-color-scheme:dark){.choice{border-color:#2a3644}button{background:#8fb2ff;color:#0d1218}}`;

function nowhere(
  { state }: Context<AppState>,
  opened: Exclude<Opened<MailWishes>, { kind: "found" }>,
): Response {
  const { t } = state;
  const title = t("mail_wishes.gone_title");
  return barePage(state, {
    title,
    lang: t.locale,
    ...(opened.kind === "wait"
      ? { status: 429, headers: { "retry-after": String(opened.seconds) } }
      : { status: 404 }),
    children: (
      <div class="card">
        <h1>{title}</h1>
        <p class="quiet">{t("mail_wishes.gone_note")}</p>
      </div>
    ),
  });
}
