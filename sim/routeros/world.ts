import {
  featuresOf,
  formatDuration,
  formatRouterDate,
  parseVersion,
  type RouterOsFeatures,
  type RouterOsVersion,
  type Row,
} from "@/shared/routeros/mod.ts";
import { DEFAULT_PROFILES, type GeneratedProfile, type GeneratedSecret } from "./generate.ts";
import { type CommandTable, commandTableOf } from "./schema/mod.ts";
import { dropEffects, raiseEffects } from "./session_effects.ts";
import { profileRow } from "./profile_rows.ts";
import { linkByName, Table } from "./table.ts";
import { addDefaultRoute } from "./routes.ts";
import { serviceRows, sshSettings } from "./service_rows.ts";
import { addUsers } from "./users.ts";

/** A router user. `group` is full, write or read, or a list of policies such as "api,read,test". */
export interface SimUser {
  name: string;
  password: string;
  group: string;
}

export interface WorldOptions {
  version: string;
  identity: string;
  serialNumber: string;
  softwareId: string;
  boardName: string;
  /** False: no /system/routerboard menu, as on a CHR or x86. */
  routerboard: boolean;
  users: readonly SimUser[];
  profiles?: readonly GeneratedProfile[];
  secrets: readonly GeneratedSecret[];
}

/** Sessions of the router: each is a row of /ppp/active, with the moment it began (ms, monotonic). */
export interface Session {
  name: string;
  startedAt: number;
  /** Bytes besides those of its age. */
  traffic: { upload: bigint; download: bigint };
}

/** What the simulated router holds: its tables, identity and clocks. Knows nothing of connections. */
export class RouterWorld {
  readonly secrets = new Table();
  readonly profiles = new Table();
  /** Dynamic rows have ids of the form *8000xxxx. */
  readonly active = new Table(0x80000001);
  readonly sessions = new Map<string, Session>();
  readonly interfaces = new Table();
  readonly pools = new Table();
  readonly queues = new Table();
  readonly addressLists = new Table();
  readonly nat = new Table();
  readonly routes = new Table();
  /** Gateways that do not answer. */
  readonly deadGateways = new Set<string>();
  readonly services = new Table();
  readonly groups = new Table();
  readonly userTable = new Table();
  readonly userActive = new Table();
  readonly log = new Table();
  readonly ssh: Row;
  /** Addresses besides the subscribers' that answer a ping. */
  readonly reachable = new Set(["127.0.0.1", "8.8.8.8", "1.1.1.1"]);
  readonly version: string;
  readonly features: RouterOsFeatures;
  /** Which commands this version has. */
  readonly commands: CommandTable;
  /** "manual" is a clock that follows no zone; ours stands in UTC then. */
  timeZone = { name: "Asia/Manila", isAutodetected: true };
  identity: string;
  serialNumber: string;
  softwareId: string;
  readonly boardName: string;
  readonly routerboard: boolean;
  #bootedAt = performance.now();
  #sessionCounter = 0;
  /** How far the router's clock is from the true one. */
  #clockShift = Temporal.Duration.from({ seconds: 0 });

  constructor(options: WorldOptions) {
    const version = parseVersion(options.version);
    if (version === null) throw new TypeError(`Cannot simulate RouterOS "${options.version}": not a version`);
    this.version = printedVersion(version);
    this.features = featuresOf(version);
    this.commands = commandTableOf(version);
    this.ssh = sshSettings(this.settable("/ip/ssh"));
    this.identity = options.identity;
    this.serialNumber = options.serialNumber;
    this.softwareId = options.softwareId;
    this.boardName = options.boardName;
    this.routerboard = options.routerboard;
    addUsers(this, options.users);
    for (const [id, row] of serviceRows(this.settable("/ip/service"))) this.services.insert(row, id);
    this.interfaces.insert({
      name: "ether1",
      type: "ether",
      mtu: "1500",
      running: "true",
      disabled: "false",
    });
    addDefaultRoute(this.routes);
    this.#link();
    this.#addProfiles(options.profiles ?? DEFAULT_PROFILES);
    for (const secret of options.secrets) this.addSecret(secret);
  }

  /** What prints by name and is kept by reference. */
  #link(): void {
    linkByName(this.secrets, "profile", this.profiles);
    linkByName(this.secrets, "remote-address", this.pools);
    linkByName(this.profiles, "remote-address", this.pools);
    linkByName(this.profiles, "local-address", this.pools);
    linkByName(this.profiles, "parent-queue", this.queues);
    linkByName(this.pools, "next-pool", this.pools);
    linkByName(this.queues, "parent", this.queues);
    linkByName(this.userTable, "group", this.groups);
  }

  /** The arguments that this version's `set` takes in a menu. */
  settable(path: string): ReadonlySet<string> {
    return this.commands.get(path)?.get("set") ?? new Set();
  }

  /** The users as rows; a password that is changed here is what the next login needs. */
  get users(): readonly Row[] {
    return this.userTable.rows();
  }

  #addProfiles(profiles: readonly GeneratedProfile[]): void {
    const settable = this.settable("/ppp/profile");
    this.profiles.insert(profileRow({ name: "default", rateLimit: null }, true, settable), "*0");
    for (const profile of profiles) this.profiles.insert(profileRow(profile, false, settable));
    const encrypted = { name: "default-encryption", rateLimit: null };
    this.profiles.insert(profileRow(encrypted, true, settable), "*FFFFFFFE");
  }

  addSecret(secret: GeneratedSecret): Row {
    return this.secrets.insert({
      name: secret.name,
      service: secret.service,
      "caller-id": "",
      password: secret.password,
      profile: secret.profile,
      ...(secret.remoteAddress === null ? {} : { "remote-address": secret.remoteAddress }),
      routes: "",
      "ipv6-routes": "",
      "limit-bytes-in": "0",
      "limit-bytes-out": "0",
      "last-logged-out": this.neverDate(),
      disabled: secret.disabled ? "true" : "false",
      ...(secret.comment === null ? {} : { comment: secret.comment }),
    });
  }

  /** The secrets that let somebody in under this name: a namesake for another service is none of them. */
  dialedSecrets(name: string, by = "pppoe"): Row[] {
    return this.secrets.named(name).filter(({ service }) => service === by || service === "any");
  }

  /** Opens a session without asking whether the account may: that is the dialer's question. */
  openSession(name: string, callerId: string, service = "pppoe"): Row {
    const number = ++this.#sessionCounter;
    const secret = this.dialedSecrets(name, service)[0];
    const row = this.active.insert({
      name,
      service,
      "caller-id": callerId,
      address: secret?.["remote-address"] ?? `10.100.${(number >> 8) & 255}.${number & 255}`,
      uptime: "0s",
      encoding: "",
      "session-id": `0x813${number.toString(16).padStart(5, "0")}`,
      "limit-bytes-in": "0",
      "limit-bytes-out": "0",
      radius: "false",
    });
    this.sessions.set(row[".id"] ?? "", {
      name,
      startedAt: performance.now(),
      traffic: { upload: 0n, download: 0n },
    });
    raiseEffects(this, row, this.profiles.named(secret?.["profile"] ?? "default")[0]);
    return row;
  }

  /** Adds to the counters of every session of a name, which are of 64 bits. */
  addTraffic(name: string, bytes: { upload: bigint; download: bigint }): void {
    for (const session of this.sessions.values()) {
      if (session.name !== name) continue;
      session.traffic.upload += bytes.upload;
      session.traffic.download += bytes.download;
    }
  }

  /** Ends a session and leaves its trace on the secret; false when there is none. */
  endSession(id: string, reason: string): boolean {
    const row = this.active.remove(id);
    this.sessions.delete(id);
    if (row === undefined) return false;
    dropEffects(this, id);
    for (const secret of this.dialedSecrets(row["name"] ?? "", row["service"])) {
      this.secrets.update(secret[".id"] ?? "", {
        "last-logged-out": this.printDate(this.localTime()),
        "last-caller-id": row["caller-id"] ?? "",
        "last-disconnect-reason": reason,
      });
    }
    return true;
  }

  /** Rows of /ppp/active with their uptime as of now. */
  activeRows(): Row[] {
    return this.active.rows().map((row) => ({ ...row, uptime: this.#uptimeOf(row[".id"] ?? "") }));
  }

  #uptimeOf(id: string): string {
    const session = this.sessions.get(id);
    return formatDuration(session === undefined ? 0 : (performance.now() - session.startedAt) / 1000);
  }

  get uptimeSeconds(): number {
    return (performance.now() - this.#bootedAt) / 1000;
  }

  /** Forgets what RAM held: sessions, uptime, dynamic list entries; without a battery also the time. */
  boot(options: { clockAt1970?: boolean } = {}): void {
    this.#bootedAt = performance.now();
    for (const row of this.active.rows()) this.endSession(row[".id"] ?? "", "reboot");
    for (const row of this.userActive.rows()) this.userActive.remove(row[".id"] ?? "");
    for (const row of this.addressLists.rows()) {
      if (row["dynamic"] === "true") this.addressLists.remove(row[".id"] ?? "");
    }
    if (options.clockAt1970 === true) this.setClock(EPOCH);
    this.writeLog("system,info", "router rebooted");
  }

  get #zone(): string {
    return this.timeZone.name === "manual" ? "UTC" : this.timeZone.name;
  }

  /** How far the clock is from UTC, such as "+08:00". */
  get utcOffset(): string {
    return this.localTime().toZonedDateTime(this.#zone).offset;
  }

  setClock(to: Temporal.PlainDateTime): void {
    this.#clockShift = Temporal.Now.plainDateTimeISO(this.#zone).until(to);
  }

  localTime(): Temporal.PlainDateTime {
    return Temporal.Now.plainDateTimeISO(this.#zone).add(this.#clockShift).round("second");
  }

  printDate(date: Temporal.PlainDateTime): string {
    return formatRouterDate(date, this.features.isoDates);
  }

  /** What stands where something has never happened. */
  neverDate(): string {
    return this.printDate(EPOCH);
  }

  writeLog(topics: string, message: string): void {
    this.log.insert({ time: this.printDate(this.localTime()), topics, message });
    const [oldest] = this.log.size > LOG_LINES ? this.log.rows() : [];
    if (oldest !== undefined) this.log.remove(oldest[".id"] ?? "");
  }
}

/** As /system/resource says it: "7.21beta2 (testing)". */
function printedVersion({ text, channel, preRelease }: RouterOsVersion): string {
  const plain = text.replace(/^v/, "");
  if (channel !== null) return plain;
  return `${plain} (${preRelease === null ? "stable" : "testing"})`;
}

const EPOCH = Temporal.PlainDateTime.from("1970-01-01T00:00:00");
/** A router keeps its last thousand lines in memory. */
const LOG_LINES = 1_000;
