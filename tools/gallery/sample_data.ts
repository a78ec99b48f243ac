/** Made-up people and figures for the gallery; nothing here is read by the product. */
import type { BillState, ConnectionState, LinkState } from "@/web/components/words/state_words.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";

export interface SampleSubscriber {
  name: string;
  account: string;
  bill: BillState;
  balance: Centavos;
  pppUser: string;
  plan: string;
  connection: ConnectionState;
  link: LinkState;
  site: string;
}

export const TODAY = Temporal.PlainDate.from("2026-11-23");
export const NOW = Temporal.Instant.from("2026-11-23T06:02:00Z");
export const TIME_ZONE = "Asia/Manila";

const NAMES = [
  "Juan Dela Cruz",
  "Maria Santos",
  "Niño Peñaflor",
  "Rosalinda Manalastas",
  "Benigno Cabrera Jr.",
];
const BILLS: BillState[] = ["paid", "due", "partly_paid", "grace", "overdue"];
const CONNECTIONS: ConnectionState[] = ["active", "active", "held", "active", "disconnected"];
const LINKS: LinkState[] = ["online", "unknown", "online", "offline", "offline"];
const BALANCES = [-20_000, 149_900, 64_950, 99_900, 2_998_00];
const SITES = ["Brgy. San Roque", "Poblacion", "Sitio Ilaya"];

/** Eight subscribers in as many states as fit. */
export const SUBSCRIBERS: SampleSubscriber[] = Array.from({ length: 8 }, (_, index) => ({
  name: pick(NAMES, index),
  account: `A-${1041 + index}`,
  bill: pick(BILLS, index),
  balance: centavos(pick(BALANCES, index)),
  pppUser: `pppoe-${1041 + index}`,
  plan: pick(["Fiber 50", "Fiber 100", "Wireless 15"], index),
  connection: pick(CONNECTIONS, index),
  link: pick(LINKS, index),
  site: pick(SITES, index),
}));

/** Collected and billed for thirty days, in pesos, with two days not yet known. */
export const DAYS = Array.from({ length: 30 }, (_, index) => ({
  label: TODAY.subtract({ days: 29 - index }).toLocaleString("en-GB", { day: "numeric", month: "short" }),
  values: [
    index > 27 ? null : 6_000 + (index * 7_919) % 14_000,
    index === 14 ? 21_500 : 5_000 + (index * 5_407) % 9_000,
  ],
}));

function pick<T>(list: readonly T[], index: number): T {
  const value = list[index % list.length];
  if (value === undefined) throw new Error("Cannot pick a sample: the list is empty");
  return value;
}
