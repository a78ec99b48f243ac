import { page } from "fresh";
import { SettingsFrame } from "../../(_parts)/SettingsFrame.tsx";
import { readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { MAIL_LANGUAGES, OCCASIONS } from "@/web/domain/mail/types.ts";
import { NoServerBanner } from "../../../mail/(_parts)/NoServerBanner.tsx";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { listMailTexts } from "@/web/store/mail/mail_texts.ts";

export default define.page<typeof handler>(function MailTextsPage({ data: { own, hasServer }, state }) {
  const { t } = state;
  return (
    <SettingsFrame section="texts" state={state}>
      {!hasServer && <NoServerBanner state={state} />}
      <Card title={t("mail_texts.title")}>
        <div class="stack">
          <p>{t("mail_texts.lead")}</p>
          <FactList
            wide
            facts={OCCASIONS.map((occasion) => ({
              label: t(`deliveries.occasion_${occasion}`),
              value: (
                <span class="cluster">
                  {MAIL_LANGUAGES.map((language) => (
                    <span key={language} class="cluster">
                      <a href={`/admin/settings/mail/texts/${occasion}/${language}`}>
                        {t(`mail_texts.language_${language}`)}
                      </a>
                      {own.has(`${occasion} ${language}`) && <Pill tone="info">{t("mail_texts.own")}</Pill>}
                    </span>
                  ))}
                </span>
              ),
            }))}
          />
        </div>
      </Card>
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:read", summary: "What mails say" },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("mail_texts.title");
    const { texts, hasServer } = await readPage(ctx.state, async (trx) => ({
      texts: await listMailTexts(trx),
      hasServer: await findMailServer(trx) !== null,
    }));
    return page({
      hasServer,
      own: new Set(texts.map(({ occasion, language }) => `${occasion} ${language}`)),
    });
  },
});
