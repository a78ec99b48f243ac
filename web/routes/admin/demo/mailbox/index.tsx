import { page } from "fresh";
import { found, momentOf } from "@/web/app/frame/page_context.ts";
import { readInput } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { useT } from "@/web/components/i18n.ts";
import { FilterBar } from "@/web/components/list/FilterBar.tsx";
import { mailboxQuery } from "@/web/route_table/demo.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { Letters } from "./(_parts)/Letters.tsx";
import { MAILBOX, mailboxAddress } from "./(_parts)/address.ts";
import { Phone } from "./(_parts)/Phone.tsx";

export default define.page<typeof handler>(function MailboxPage({ data: { list, mail, query, zone } }) {
  const t = useT();
  const to = query.q ?? "";
  return (
    <>
      <PageHeader title={t("mailbox.title")} lead={t("mailbox.lead")} />
      <div class="mailbox" data-open={query.mail === undefined ? "no" : "yes"}>
        <div class="mailbox-list">
          <FilterBar
            search={{
              action: MAILBOX,
              label: t("mailbox.recipient"),
              value: to,
              keep: query.look === undefined ? {} : { look: query.look },
            }}
            {...(to === "" ? {} : { clearHref: mailboxAddress({ ...query, q: undefined }) })}
          />
          <LiveRegion id="mailbox-mails">
            {list.mails.length === 0
              ? (
                <EmptyState icon="list" title={t(to === "" ? "mailbox.none" : "mailbox.none_to")}>
                  {t(to === "" ? "mailbox.none_text" : "mailbox.none_to_text")}
                </EmptyState>
              )
              : <Letters list={list} open={mail?.id ?? null} query={query} />}
          </LiveRegion>
        </div>
        {mail !== null && <Phone mail={mail} query={query} zone={zone} />}
      </div>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "demo:control",
    input: mailboxQuery,
    summary: "Every mail of the demo, as a phone shows it",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const demo = found(ctx.state.demo);
    const { t } = ctx.state;
    ctx.state.title = t("mailbox.title");
    ctx.state.live = ["mail"];
    const query = readInput(ctx.state, mailboxQuery);
    const list = await demo.listMails(query.q ?? "");
    const id = query.mail ?? list.mails[0]?.id;
    // One that was thrown away meanwhile is told like one that never was.
    const mail = id === undefined ? null : found(await demo.findMail(id));
    return page({ list, mail, query, zone: momentOf(ctx.state).zone });
  },
});
