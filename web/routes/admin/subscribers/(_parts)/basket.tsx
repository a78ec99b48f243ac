import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import type { PrepaidPlan, TaxedSum } from "@/web/domain/billing/mod.ts";
import type { readOffer } from "@/web/services/billing/prepaid_offer.ts";

/** What is about to be bought, with its effect. */
export interface Basket {
  /** `days-7`. */
  key: string;
  quantity: number;
  unit: PrepaidPlan;
  /** With VAT. */
  priceCentavos: Centavos;
  tax: TaxedSum;
  from: Temporal.PlainDate;
  /** Last day. */
  until: Temporal.PlainDate;
  creditCentavos: Centavos;
  /** What is needed besides the credit. */
  missing: Centavos;
  /** Everything that is sold; `until` is its last day. */
  choices: (PrepaidPlan & { key: string; until: Temporal.PlainDate })[];
}

type Offer = Pick<Awaited<ReturnType<typeof readOffer>>, "units" | "creditCentavos" | "purchase" | "total">;

/** What the address asks for, else what was bought last, else the first that is sold; null where nothing is. */
export function fillBasket(
  offer: Offer,
  asked: { unit?: string | undefined; quantity?: number | undefined },
  last: { prepaid_unit: string | null; prepaid_count: number | null },
): Basket | null {
  const keyOf = ({ unit, count }: PrepaidPlan) => `${unit}-${count}`;
  const byKey = (key: string) => offer.units.find((one) => keyOf(one) === key);
  const unit = byKey(asked.unit ?? "") ?? byKey(`${last.prepaid_unit}-${last.prepaid_count}`) ??
    offer.units[0];
  if (unit === undefined) return null;
  const quantity = asked.quantity ?? 1;
  const { coverage } = offer.purchase(unit, quantity);
  const [first] = coverage;
  const end = coverage.at(-1)?.end;
  if (first === undefined || end === undefined) return null;
  const tax = offer.total(unit, quantity);
  const missing = tax.totalCentavos - offer.creditCentavos;
  return {
    key: keyOf(unit),
    quantity,
    unit,
    priceCentavos: tax.totalCentavos,
    tax,
    from: first.start,
    until: end.subtract({ days: 1 }),
    creditCentavos: offer.creditCentavos,
    missing: missing > 0n ? centavos(missing) : ZERO,
    choices: offer.units.map((one) => ({
      ...one,
      priceCentavos: offer.total(one, 1).totalCentavos,
      key: keyOf(one),
      until: lastDay(offer, one),
    })),
  };
}

function lastDay(offer: Offer, unit: PrepaidPlan): Temporal.PlainDate {
  const end = offer.purchase(unit, 1).coverage.at(-1)?.end;
  if (end === undefined) throw new RangeError(`Cannot show ${unit.count} ${unit.unit}: it has no days`);
  return end.subtract({ days: 1 });
}

/** Price, days and what happens to the credit, before anything is bought. */
export function BasketCard(
  { basket, coveredUntil, isFirst, state: { t } }: {
    basket: Basket;
    coveredUntil: Temporal.PlainDate | null;
    /** Its service has not begun: the days are those of today until it has. */
    isFirst: boolean;
    state: AppState;
  },
) {
  const isStacked = coveredUntil?.equals(basket.from) === true;
  const used = basket.creditCentavos < basket.priceCentavos ? basket.creditCentavos : basket.priceCentavos;
  return (
    <Card title={t("prepaid.effect")}>
      <FactList
        facts={[
          {
            label: t("prepaid.what"),
            value: `${basket.quantity === 1 ? "" : `${basket.quantity} × `}${
              t(`prepaid.unit_${basket.unit.unit}`, { n: basket.unit.count })
            }`,
          },
          { label: t("prepaid.from"), value: formatDate(basket.from, t.locale) },
          { label: t("prepaid.until"), value: formatDate(basket.until, t.locale), strong: true },
        ]}
      />
      <FactList
        sum
        facts={[
          ...taxFacts(t, basket.tax),
          { label: t("tables.price"), value: formatPeso(basket.priceCentavos) },
          ...(used > ZERO ? [{ label: t("prepaid.from_credit"), value: formatPeso(centavos(-used)) }] : []),
          { label: t("prepaid.to_pay"), value: formatPeso(basket.missing), strong: true },
        ]}
      />
      <p class="note">
        {t(isFirst ? "prepaid.note_first" : isStacked ? "prepaid.note_stacked" : "prepaid.note_today")}{" "}
        {t("prepaid.note_credit", { amount: formatPeso(centavos(basket.creditCentavos - used)) })}
      </p>
    </Card>
  );
}
