import type { RouterPlan } from "../stack/mod.ts";

/** Who can sign in to the demo. */
export const DEMO_LOGINS = [
  { role: "Owner", name: "Ana Reyes", email: "ana@bayan.test", password: "kape at pandesal" },
  { role: "Cashier", name: "Liza Ramos", email: "liza@bayan.test", password: "resibo at sukli" },
] as const;

export const DEMO_COMPANY = "Bayan Net";
export const DEMO_SITE = "Poblacion";

/** Two routers of different age, so that both dialects of the API are at work: 300 subscribers. */
export const DEMO_ROUTERS: readonly RouterPlan[] = [
  { name: "Poblacion-Core", version: "6.49.10", serialNumber: "HE108DEMO001", secrets: 170, seed: 7 },
  { name: "Ilaya-Tower", version: "7.18.2", serialNumber: "HE108DEMO002", secrets: 130, seed: 11 },
];

/** Monthly price of each PPP profile, in centavos. */
export const DEMO_PLANS: Readonly<Record<string, { name: string; priceCentavos: bigint }>> = {
  "fiber-25": { name: "Fiber 25", priceCentavos: 99_900n },
  "fiber-50": { name: "Fiber 50", priceCentavos: 149_900n },
  "fiber-100": { name: "Fiber 100", priceCentavos: 209_900n },
  "wifi-10": { name: "Wireless 10", priceCentavos: 79_900n },
  "wifi-15": { name: "Wireless 15", priceCentavos: 89_900n },
};

/** How a subscriber pays; the share of each among 100. */
export const PERSONAS = [
  { kind: "prompt", share: 64 },
  { kind: "in_grace", share: 12 },
  { kind: "after_cut", share: 16 },
  { kind: "partial", share: 4 },
  { kind: "never", share: 4 },
] as const;
export type Persona = typeof PERSONAS[number]["kind"];

/**
 * Billing groups: how many days before the demo's today their newest bill was raised. They put subscribers into every
 * state at once: cut tonight, in grace, due soon, cut last week, just billed.
 */
export const BILLED_DAYS_AGO = [
  { days: 12, share: 40 },
  { days: 9, share: 20 },
  { days: 4, share: 20 },
  { days: 21, share: 20 },
] as const;

/** Days of history before the demo's today. */
export const HISTORY_DAYS = 60;
