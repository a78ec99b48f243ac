import type { AppState } from "@/web/app/state.ts";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Permission } from "@/web/domain/access/mod.ts";
import { checklist, type ChecklistItem, type SetupFacts } from "@/web/domain/settings/mod.ts";
import { readSetupFacts } from "@/web/store/settings/setup_progress.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { may } from "@/web/app/frame/page_context.ts";

const WHERE: Record<ChecklistItem, { href: string; permission: Permission }> = {
  company: { href: "/admin/setup/company", permission: "settings:write" },
  billing: { href: "/admin/setup/billing", permission: "settings:write" },
  site: { href: "/admin/setup/router", permission: "settings:write" },
  agent: { href: "/admin/setup/router", permission: "settings:write" },
  router: { href: "/admin/setup/router", permission: "settings:write" },
  import: { href: "/admin/setup/import", permission: "settings:write" },
  mail: { href: "/admin/settings/mail", permission: "settings:read" },
  first_bill: { href: "/admin/settings/billing", permission: "settings:read" },
};

/** What the checklist shows; null when everything is done, or somebody took it off Today. */
export async function loadChecklist(trx: TenantTransaction, tenant: TenantRow): Promise<SetupFacts | null> {
  if (tenant.checklist_dismissed_at !== null) return null;
  const facts = await readSetupFacts(trx, tenant);
  return checklist(facts).every((line) => line.isDone) ? null : facts;
}

/** What is left to set up. It stays on Today until it is done or dismissed. */
export function Checklist({ facts, state }: { facts: SetupFacts; state: AppState }) {
  const { t } = state;
  const lines = checklist(facts);
  const done = lines.filter((line) => line.isDone).length;
  const next = lines.find((line) => !line.isDone);
  const mayWrite = may(state, "settings:write");
  return (
    <Card
      title={t("setup.checklist")}
      aside={<Pill tone="info">{t("setup.checklist_count", { done, total: lines.length })}</Pill>}
      foot={mayWrite && (
        <>
          <LinkButton kind="primary" href="/admin/setup">{t("setup.continue")}</LinkButton>
          <ActionForm action="/admin/setup/dismiss" csrfToken={state.csrfToken} kind="quiet">
            {t("setup.dismiss")}
          </ActionForm>
        </>
      )}
    >
      <ol class="rows rows-steps">
        {lines.map(({ item, isDone }, index) => (
          <li key={item}>
            <Pill tone={isDone ? "ok" : item === next?.item ? "info" : "mute"}>
              {isDone ? t("setup.state_done") : t("setup.step_number", { at: index + 1 })}
            </Pill>
            <div>
              {isDone || !may(state, WHERE[item].permission)
                ? <b>{t(`setup.item_${item}`)}</b>
                : <a href={WHERE[item].href}>{t(`setup.item_${item}`)}</a>}
              {!isDone && <div class="note">{t(`setup.item_note_${item}`)}</div>}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
