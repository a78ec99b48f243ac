import type { RouterPlan, SitePlan } from "../stack/mod.ts";

/** The site that somebody's role is limited to. */
const LIMITED_SITE = "Poblacion";

/** Who set the demo up. */
export const DEMO_OWNER = {
  role: "Owner",
  name: "Ana Reyes",
  email: "ana@bayan.test",
  password: "kape at pandesal",
} as const;

/** Who takes the payments of its history. */
export const DEMO_CASHIER = {
  role: "Cashier",
  name: "Liza Ramos",
  email: "liza@bayan.test",
  password: "resibo at sukli",
} as const;

/** Who has one of the other built-in roles. */
export const DEMO_OTHERS = [
  { role: "Billing", name: "Carla Mendoza", email: "carla@bayan.test", password: "bayad bago putol" },
  { role: "Technician", name: "Jun Villanueva", email: "jun@bayan.test", password: "kable at antena" },
  { role: "Read-only", name: "Nena Cruz", email: "nena@bayan.test", password: "libro at kuwenta" },
] as const;

/** Whose role, one that the owner made, counts at one site only. */
export const DEMO_LIMITED = {
  role: `Cashier of ${LIMITED_SITE}`,
  site: LIMITED_SITE,
  name: "Pia Salonga",
  email: "pia@bayan.test",
  password: "tindahan sa kanto",
} as const;

/** Who can sign in to the demo: one of each kind. */
export const DEMO_LOGINS = [DEMO_OWNER, DEMO_CASHIER, ...DEMO_OTHERS, DEMO_LIMITED] as const;

export const DEMO_COMPANY = "Bayan Net";
export const DEMO_ZONE = "Asia/Manila";

const SEED = 7;

/** The first router, with the most people. */
export const CORE: RouterPlan = {
  name: "Poblacion-Core",
  version: "6.49.10",
  serialNumber: "HE108DEMO001",
  secrets: 130,
  seed: SEED,
};

/** A relay on a hill whose link is down when the demo opens: its people are Unknown, and nobody of them is cut. */
export const RELAY: RouterPlan = {
  name: "Ilaya-Relay",
  version: "6.48.6",
  serialNumber: "HE108DEMO003",
  secrets: 16,
  seed: SEED,
  skip: 222,
};

/** Where neighbours' lines have been moved to by hand, so that an import waits for review. */
export const TOWER: RouterPlan = {
  name: "Ilaya-Tower",
  version: "7.18.2",
  serialNumber: "HE108DEMO002",
  secrets: 92,
  seed: SEED,
  skip: 130,
};

/** Three sites, each with its agent, and routers of different age: both dialects of the API are at work. */
export const DEMO_SITES: readonly SitePlan[] = [
  {
    name: "Poblacion",
    routers: [CORE],
  },
  { name: "Sitio Ilaya", routers: [TOWER, RELAY] },
  {
    name: "San Roque",
    routers: [
      {
        name: "SanRoque-Core",
        version: "7.16.2",
        serialNumber: "HE108DEMO004",
        secrets: 62,
        seed: SEED,
        skip: 238,
      },
    ],
  },
];

/** PPP secrets of all routers at the first start. */
export const DEMO_SECRETS = DEMO_SITES.flatMap((site) => site.routers)
  .reduce((total, router) => total + router.secrets, 0);

/** The seed of every router's accounts; later ones are further along in it. */
export const DEMO_SEED = SEED;

/** Monthly price of each PPP profile, in centavos. */
export const DEMO_PLANS: Readonly<Record<string, { name: string; priceCentavos: bigint }>> = {
  "fiber-25": { name: "Fiber 25", priceCentavos: 99_900n },
  "fiber-50": { name: "Fiber 50", priceCentavos: 149_900n },
  "fiber-100": { name: "Fiber 100", priceCentavos: 209_900n },
  "wifi-10": { name: "Wireless 10", priceCentavos: 79_900n },
  "wifi-15": { name: "Wireless 15", priceCentavos: 89_900n },
};

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

/** Days of history before the demo's today: a year. */
export const HISTORY_DAYS = 365;
