import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import type { MoneyForecast } from "@/web/domain/imports/mod.ts";
import { formatCount } from "@/web/format.ts";

/** What is billed a month before and after the import: each plan that it adds to, and the whole company. */
export function MoneyTable({ money }: { money: MoneyForecast }) {
  const t = useT();
  const rows = [
    ...money.plans.map((plan) => ({
      ...plan,
      label: plan.isNew ? t("import.plan_new", { name: plan.name }) : plan.name,
    })),
    { ...money.total, label: t("import.all_plans") },
  ];
  return (
    <div class="table-scroll">
      <table class="plain-table money-table">
        <caption>{t("import.money")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("tables.plan")}</th>
            <th scope="col">{t("import.connections")}</th>
            <th scope="col">{t("import.a_month")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, before, after, beforeCentavos, afterCentavos }, at) => (
            <tr key={at} class={at === money.plans.length ? "strong" : undefined}>
              <th scope="row">{label}</th>
              <td>{t("import.from_to", { before: formatCount(before), after: formatCount(after) })}</td>
              <td>
                {t("import.from_to", {
                  before: formatPeso(centavos(beforeCentavos)),
                  after: formatPeso(centavos(afterCentavos)),
                })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
