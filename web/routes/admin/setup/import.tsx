import { page } from "fresh";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import type { SetupFacts } from "@/web/domain/settings/mod.ts";
import { formatCount } from "@/web/format.ts";
import { type ImportListRow, listImportHistory } from "@/web/store/imports/imports_page.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { may, readPage } from "@/web/app/frame/page_context.ts";
import { ImportPill } from "../(_network)/import_words.tsx";
import { loadSetup, SetupFrame } from "./(_parts)/SetupFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ImportStepData {
  facts: SetupFacts;
  routers: RouterRow[];
  batches: ImportListRow[];
}

const BATCHES = 3;

export default define.page<typeof handler>(function SetupImportPage({ data, state }) {
  const { t } = state;
  const { facts, batches } = data;
  return (
    <SetupFrame step="import" facts={facts} state={state}>
      <Card>
        <div class="stack">
          {batches.length > 0 && (
            <ul class="rows">
              {batches.map((batch) => (
                <li key={batch.id}>
                  <ImportPill status={batch.status} />
                  <a href={`/admin/import/${batch.id}`}>
                    {t("setup.import_line", { router: batch.router_name, count: formatCount(batch.total) })}
                  </a>
                </li>
              ))}
            </ul>
          )}
          {data.routers.length === 0
            ? <Banner tone="info">{t("setup.import_no_router")}</Banner>
            : <StartImport data={data} state={state} />}
          <p class="note">{t("setup.import_note")}</p>
        </div>
      </Card>
      {facts.subscribers > 0 && (
        <div class="form-actions">
          <LinkButton kind="primary" href="/admin">{t("setup.to_today")}</LinkButton>
        </div>
      )}
    </SetupFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:write", summary: "Set-up: import" },
};

export const handler = define.handlers({
  async GET(ctx) {
    const facts = await loadSetup(ctx.state, "import");
    const lists = await readPage(ctx.state, async (trx) => ({
      routers: await listRouters(trx),
      batches: await listImportHistory(trx, BATCHES),
    }));
    return page<ImportStepData>({ facts, ...lists });
  },
});

function StartImport({ data, state }: { data: ImportStepData; state: AppState }) {
  if (!may(state, "import:run")) return null;
  const { t } = state;
  const isFirst = data.facts.subscribers === 0 && data.batches.length === 0;
  return (
    <form class="form" method="post" action="/admin/import">
      <Csrf token={state.csrfToken} />
      <SelectField
        name="routerId"
        label={t("setup.import_router")}
        options={data.routers.map((router) => ({ value: router.id, label: router.name }))}
        value={data.routers[0]?.id}
        width="medium"
        required
      />
      <div class="form-actions">
        <Button kind={isFirst ? "primary" : "default"} icon="import">{t("setup.read_secrets")}</Button>
      </div>
    </form>
  );
}
