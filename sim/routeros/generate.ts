/** A PPPoE account for the simulator, as an operator would have typed it. */
export interface GeneratedSecret {
  name: string;
  password: string;
  profile: string;
  service: string;
  comment: string | null;
  callerId: string;
  remoteAddress: string | null;
  disabled: boolean;
  /** Whether the subscriber's box dials in. */
  dialing: boolean;
}

/** A profile with its rate limit as RouterOS takes it: upload/download from the subscriber's side of view. */
export interface GeneratedProfile {
  name: string;
  rateLimit: string | null;
}

/** The plans that the generated accounts are on, and the profile of a soft cut. */
export const DEFAULT_PROFILES: readonly GeneratedProfile[] = [
  { name: "fiber-25", rateLimit: "25M/25M" },
  { name: "fiber-50", rateLimit: "50M/50M" },
  { name: "fiber-100", rateLimit: "100M/100M" },
  { name: "wifi-10", rateLimit: "5M/10M" },
  { name: "wifi-15", rateLimit: "7M/15M" },
  { name: "expired", rateLimit: "128k/128k" },
];

const FIRST_NAMES =
  "Juan,Maria,Jose,Ana,Pedro,Rosa,Antonio,Luz,Ramon,Cristina,Rodrigo,Marites,Eduardo,Jocelyn,Renato,Rowena,Danilo,Analyn,Joel,Grace,Niño,Begoña,Mark Anthony,Princess,John Paul,Mary Jane,Rommel,Liezl,Arnel,Divina,Jayson,Cherry"
    .split(",");
const LAST_NAMES =
  "Dela Cruz,Santos,Reyes,Garcia,Bautista,Ocampo,Mendoza,Torres,Castillo,Flores,Villanueva,Ramos,Aquino,Mercado,Peña,Muñoz,Ordoñez,Salazar,Navarro,Pascual,Dimaculangan,Magsaysay,Tolentino,Lumibao,Catacutan,Bagatsing,Del Rosario,Macaraeg"
    .split(",");
const SUBSCRIBED = [
  "fiber-25",
  "fiber-25",
  "fiber-50",
  "fiber-50",
  "wifi-15",
  "wifi-15",
  "wifi-10",
  "fiber-100",
];

/** A small generator (mulberry32), so that a seed always gives the same subscribers. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `n` accounts of a barangay ISP, the same for the same seed, with distinct names. */
export function generateSecrets(n: number, seed: number): GeneratedSecret[] {
  const random = randomFrom(seed);
  const taken = new Map<string, number>();
  return Array.from({ length: n }, (_, index) => generateOne(index, random, taken));
}

function pick<T>(list: readonly T[], random: () => number): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError("Cannot pick from a list: it is empty");
  return item;
}

function generateOne(index: number, random: () => number, taken: Map<string, number>): GeneratedSecret {
  const first = pick(FIRST_NAMES, random);
  const last = pick(LAST_NAMES, random);
  const disabled = random() < 0.06;
  return {
    name: distinct(userName(first, last), taken),
    password: String(Math.floor(random() * 1e8)).padStart(8, "0"),
    profile: pick(SUBSCRIBED, random),
    service: "pppoe",
    comment: random() < 0.08 ? null : comment(`${first} ${last}`, random),
    callerId: macAddress(index),
    remoteAddress: random() < 0.15 ? `10.20.${Math.floor(index / 250) % 250}.${2 + index % 250}` : null,
    disabled,
    dialing: !disabled && random() < 0.94,
  };
}

function userName(first: string, last: string): string {
  return `${first.split(" ")[0]}.${last}`.toLowerCase().replaceAll(" ", "");
}

function distinct(name: string, taken: Map<string, number>): string {
  const count = (taken.get(name) ?? 0) + 1;
  taken.set(name, count);
  return count === 1 ? name : `${name}${count}`;
}

/** Comments vary as typing does: separators, phone spellings, missing parts. */
function comment(fullName: string, random: () => number): string {
  const digits = String(Math.floor(random() * 1e9)).padStart(9, "0");
  const local = `09${digits}`;
  const phone = pick([
    `${local.slice(0, 4)} ${local.slice(4, 7)} ${local.slice(7)}`,
    local,
    `+639${digits}`,
    `${local.slice(0, 4)}-${local.slice(4, 7)}-${local.slice(7)}`,
  ], random);
  const place = `Purok ${1 + Math.floor(random() * 9)}`;
  return pick([
    `${fullName} / ${phone} / ${place}`,
    `${fullName} / ${phone} / ${place}`,
    `${fullName} - ${phone}`,
    `${fullName}, ${place}, ${phone}`,
    fullName,
    `${phone} ${fullName}`,
  ], random);
}

function macAddress(index: number): string {
  const hex = index.toString(16).toUpperCase().padStart(6, "0");
  return `02:00:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}
