import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { Flash } from "@/web/components/Flash.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Tabs } from "@/web/components/Tabs.tsx";
import { formatInstant } from "@/web/format.ts";
import type { SettingsSave } from "@/web/store/settings/settings.ts";
import { may } from "@/web/app/page_context.ts";

/** Pages of the settings. */
export const SECTIONS = ["company", "region", "billing", "me"] as const;
export type Section = typeof SECTIONS[number];

interface SettingsFrameProps {
  section: Section;
  state: AppState;
  done?: string | undefined;
  save?: SettingsSave | null;
  zone?: string;
  children: ComponentChildren;
}

/** Title, the other sections, and who saved this one last. */
export function SettingsFrame({ section, state, done, save, zone = "UTC", children }: SettingsFrameProps) {
  const { t } = state;
  const sections = may(state, "settings:read") ? SECTIONS : (["me"] as const);
  return (
    <>
      <PageHeader
        title={t("settings.title")}
        lead={save
          ? t("settings.saved_by", { name: save.by, at: formatInstant(save.at, zone, t) })
          : undefined}
      />
      <div class="tabs-wrap">
        <Tabs
          label={t("settings.title")}
          tabs={sections.map((name) => ({
            label: t(`settings.section_${name}`),
            href: `/admin/settings/${name}`,
            isCurrent: name === section,
          }))}
        />
      </div>
      <Flash done={done} messages={{ saved: t("settings.saved"), unchanged: t("settings.unchanged") }} />
      {children}
    </>
  );
}
