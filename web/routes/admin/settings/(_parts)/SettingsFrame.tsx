import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
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

/** Title, the other sections, and who saved this one last. Beside the page where there is room, else behind a button. */
export function SettingsFrame(
  { section, state, done, save, zone = "UTC", actions, children }: SettingsFrameProps,
) {
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("settings.title")}
        actions={actions}
        lead={save
          ? t("settings.saved_by", { name: save.by, at: formatInstant(save.at, zone, t) })
          : undefined}
      />
      <div class="settings">
        <details class="settings-menu">
          <summary>
            {t(`settings.section_${section}`)}
            <Icon name="down" />
          </summary>
          <Sections section={section} state={state} />
        </details>
        <div class="settings-side">
          <Sections section={section} state={state} />
        </div>
        <div class="settings-body">
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
        </div>
      </div>
    </>
  );
}

/** Links to all sections, those of mail below it while one of them is open. */
function Sections({ section, state }: Pick<SettingsFrameProps, "section" | "state">) {
  const { t } = state;
  const isOfMail = MAIL_SECTIONS.includes(section);
  const sections = SECTIONS.filter((name) => NEEDED[name] === undefined || may(state, NEEDED[name]))
    .filter((name) => isOfMail || name === "mail" || !MAIL_SECTIONS.includes(name));
  return (
    <nav class="settings-list" aria-label={t("settings.title")}>
      {sections.map((name) => (
        <a
          key={name}
          href={`/admin/settings/${PLACES[name] ?? name}`}
          class={name !== "mail" && MAIL_SECTIONS.includes(name) ? "settings-part" : undefined}
          aria-current={name === section ? "page" : undefined}
        >
          {t(`settings.section_${name}`)}
        </a>
      ))}
    </nav>
  );
}
