import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { formatInstant } from "@/web/format.ts";
import type { SettingsSave } from "@/web/store/settings/settings.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";

/** Pages of the settings. */
export const SECTIONS = [
  "company",
  "region",
  "billing",
  "tax",
  "mail",
  "reminders",
  "texts",
  "approvals",
  "books",
  "privacy",
  "me",
  "sessions",
  "security",
] as const;
export type Section = typeof SECTIONS[number];

/** One thing with pages of its own: through which server, what and when, and in which words. */
const MAIL_SECTIONS: readonly Section[] = ["mail", "reminders", "texts"];

/** What each needs; everybody has preferences of their own. */
const NEEDED: Partial<Record<Section, Permission>> = {
  company: "settings:read",
  region: "settings:read",
  billing: "settings:read",
  tax: "settings:read",
  mail: "settings:read",
  texts: "settings:read",
  reminders: "settings:read",
  approvals: "settings:read",
  books: "settings:read",
  privacy: "settings:write",
  security: "security_log:read",
};

/** Where a section stands, if not under its own name. */
const PLACES: Partial<Record<Section, string>> = { texts: "mail/texts" };

interface SettingsFrameProps {
  section: Section;
  state: AppState;
  done?: string | undefined;
  save?: SettingsSave | null;
  zone?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** Title, the other sections, and who saved this one last. */
export function SettingsFrame(
  { section, state, done, save, zone = "UTC", actions, children }: SettingsFrameProps,
) {
  const { t } = state;
  const sections = SECTIONS.filter((name) => NEEDED[name] === undefined || may(state, NEEDED[name]));
  const isOfMail = MAIL_SECTIONS.includes(section);
  const hrefOf = (name: Section) => `/admin/settings/${PLACES[name] ?? name}`;
  return (
    <>
      <PageHeader
        title={t("settings.title")}
        actions={actions}
        lead={save
          ? t("settings.saved_by", { name: save.by, at: formatInstant(save.at, zone, t) })
          : undefined}
      />
      <div class="tabs-wrap">
        <Tabs
          label={t("settings.title")}
          tabs={sections.filter((name) => name === "mail" || !MAIL_SECTIONS.includes(name)).map((name) => ({
            label: t(`settings.section_${name}`),
            href: hrefOf(name),
            isCurrent: name === section || isOfMail && name === "mail",
          }))}
        />
      </div>
      {isOfMail && (
        <div class="tabs-wrap">
          <Tabs
            label={t("settings.section_mail")}
            tabs={MAIL_SECTIONS.map((name) => ({
              label: name === "mail" ? t("mail_server.title") : t(`settings.section_${name}`),
              href: hrefOf(name),
              isCurrent: name === section,
            }))}
          />
        </div>
      )}
      <Flash
        done={done}
        messages={{
          saved: t("settings.saved"),
          password: t("settings.password_done"),
          unchanged: t("settings.unchanged"),
          mail_saved: t("mail_server.saved"),
          mail_removed: t("mail_server.stop_done"),
        }}
      />
      {children}
    </>
  );
}
