import { parseDuration, type Row } from "@/shared/routeros/mod.ts";
import * as address from "./addresses.ts";
import { invalidValue, Refusal } from "./command.ts";
import type { Menu } from "./menus.ts";
import { QUEUE_DEFAULTS } from "./queue_rows.ts";
import { storedMenu } from "./stored.ts";
import type { Table } from "./table.ts";
import * as value from "./values.ts";
import type { RouterWorld } from "./world.ts";

/** A name for a row that was added without one: queue1, queue2. */
function freeName(table: Table, stem: string): string {
  for (let number = 1;; number++) if (table.named(`${stem}${number}`).length === 0) return `${stem}${number}`;
}

function refuseNamesake(table: Table, kind: string): (row: Row, ownId: string | null) => void {
  return (row, ownId) => {
    const other = table.named(row["name"] ?? "").find((one) => one[".id"] !== ownId);
    if (other !== undefined) throw new Refusal(`failure: ${kind} with the same name already exists`, null);
  };
}

/** Refuses a row that would come back to itself by way of what it refers to. */
function refuseLoop(table: Table, field: string): (row: Row, ownId: string | null) => void {
  return (row, ownId) => {
    const passed = new Set<string>();
    for (let name = row[field] ?? ""; name !== "" && !passed.has(name);) {
      passed.add(name);
      const next = table.named(name)[0];
      // Of a row that is not there yet nobody can know.
      if (next !== undefined && next[".id"] === ownId) throw invalidValue(field);
      name = next?.[field] ?? "";
    }
  };
}

function refuseAll(
  ...refusals: readonly ((row: Row, ownId: string | null) => void)[]
): (row: Row, ownId: string | null) => void {
  return (row, ownId) => refusals.forEach((refuse) => refuse(row, ownId));
}

/** /ip/pool. */
export function poolMenu(world: RouterWorld): Menu {
  const table = world.pools;
  return storedMenu({
    table,
    fields: ["name", "ranges", "next-pool", "comment"],
    settable: world.settable("/ip/pool"),
    defaults: {},
    required: ["ranges"],
    checks: { ranges: address.addressRanges, "next-pool": value.referenceTo(table, { none: true }) },
    complete: (row) => row["name"] === undefined ? { name: freeName(table, "pool") } : {},
    refuse: refuseAll(refuseNamesake(table, "pool"), refuseLoop(table, "next-pool")),
  }, () => table.rows());
}

const QUEUE_FIELDS = ("name target dst parent packet-marks priority queue limit-at max-limit burst-limit " +
  "burst-threshold burst-time bucket-size total-queue total-priority total-limit-at total-max-limit " +
  "total-burst-limit total-burst-threshold total-burst-time total-bucket-size time bytes total-bytes packets " +
  "total-packets dropped total-dropped rate total-rate packet-rate total-packet-rate queued-packets " +
  "total-queued-packets queued-bytes total-queued-bytes invalid dynamic disabled comment").split(" ");

const PAIRED_COUNTERS = [
  "bytes",
  "packets",
  "dropped",
  "rate",
  "packet-rate",
  "queued-packets",
  "queued-bytes",
];

const QUEUE_CHECKS: Readonly<Record<string, value.ValueCheck>> = {
  priority: value.pairOf(value.priority),
  queue: value.pairOf(value.queueType),
  "total-queue": value.queueType,
  "limit-at": value.ratePair,
  "max-limit": value.ratePair,
  "burst-limit": value.ratePair,
  "burst-threshold": value.ratePair,
  "burst-time": value.pairOf(value.duration()),
  "bucket-size": value.pairOf(value.bucketSize),
  "total-priority": value.priority,
  "total-limit-at": value.rate,
  "total-max-limit": value.rate,
  "total-burst-limit": value.rate,
  "total-burst-threshold": value.rate,
  "total-burst-time": value.duration(),
  "total-bucket-size": value.bucketSize,
};

/** /queue/simple. Pairs are upload/download of the target. */
export function queueMenu(world: RouterWorld): Menu {
  const table = world.queues;
  const counters = PAIRED_COUNTERS.flatMap((name) => [[name, "0/0"], [`total-${name}`, "0"]]);
  return storedMenu({
    table,
    fields: QUEUE_FIELDS,
    settable: world.settable("/queue/simple"),
    defaults: { parent: "none", ...QUEUE_DEFAULTS, disabled: "false" },
    readOnly: { ...Object.fromEntries(counters), invalid: "false", dynamic: "false" },
    required: ["target"],
    checks: {
      ...QUEUE_CHECKS,
      parent: value.referenceTo(table, { none: true }),
      target: address.queueTargets(world.interfaces),
      dst: address.queueTargets(world.interfaces),
    },
    complete: (row) => row["name"] === undefined ? { name: freeName(table, "queue") } : {},
    refuse: refuseAll(refuseNamesake(table, "queue"), refuseLoop(table, "parent")),
  }, () => table.rows());
}

/** /ip/firewall/address-list. An entry with a timeout is dynamic: it is gone after it, and after a reboot. */
export function addressListMenu(world: RouterWorld): Menu {
  const table = world.addressLists;
  const endsAt = new Map<string, number>();
  const current = (): Row[] => table.rows().flatMap((row) => remaining(table, endsAt, row));
  return storedMenu({
    table,
    fields: ["list", "address", "timeout", "creation-time", "dynamic", "disabled", "comment"],
    settable: world.settable("/ip/firewall/address-list"),
    defaults: { disabled: "false" },
    readOnly: { dynamic: "false" },
    required: ["list"],
    checks: {
      address: address.rangeOrDomain,
      timeout: value.listTimeout,
      dynamic: value.booleanValue,
    },
    complete: (row) => ({
      "creation-time": world.printDate(world.localTime()),
      dynamic: row["dynamic"] === "true" || isTimed(row) || row["timeout"] === "none-dynamic"
        ? "true"
        : "false",
    }),
    refuse: (row, ownId) => {
      const other = current().find((one) => one["list"] === row["list"] && one["address"] === row["address"]);
      if (other !== undefined && other[".id"] !== ownId) {
        throw new Refusal("failure: already have such entry", null);
      }
    },
  }, current);
}

function isTimed(row: Row): boolean {
  return parseDuration(row["timeout"] ?? "") !== null;
}

/** The entry with what is left of its timeout, or nothing when that is over. */
function remaining(table: Table, endsAt: Map<string, number>, row: Row): Row[] {
  if (!isTimed(row)) return [row];
  // A new timeout begins anew.
  const key = `${row[".id"]} ${row["timeout"]}`;
  const now = performance.now();
  const seconds = parseDuration(row["timeout"] ?? "") ?? 0;
  const end = endsAt.get(key) ?? now + seconds * 1_000;
  endsAt.set(key, end);
  if (end > now) {
    return [{ ...row, timeout: value.duration()("timeout", `${Math.ceil((end - now) / 1_000)}s`) }];
  }
  endsAt.delete(key);
  table.remove(row[".id"] ?? "");
  return [];
}
