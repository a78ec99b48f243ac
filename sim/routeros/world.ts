import {
  featuresOf,
  formatDuration,
  formatRouterDate,
  parseVersion,
  type RouterOsFeatures,
  type Row,
} from "@/shared/routeros/mod.ts";
import { DEFAULT_PROFILES, type GeneratedProfile, type GeneratedSecret } from "./generate.ts";
import { Table } from "./table.ts";

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
}

/** What the simulated router holds: its tables, identity and clocks. Knows nothing of connections. */
export class RouterWorld {
  readonly secrets = new Table();
  readonly profiles = new Table();
  /** Dynamic rows have ids of the form *8000xxxx. */
  readonly active = new Table(0x80000001);
  readonly sessions = new Map<string, Session>();
  readonly userActive = new Table();
  readonly users: readonly SimUser[];
  readonly version: string;
  readonly features: RouterOsFeatures;
  identity: string;
  serialNumber: string;
  softwareId: string;
  readonly boardName: string;
  readonly routerboard: boolean;
  #bootedAt = performance.now();
  #sessionCounter = 0;

  constructor(options: WorldOptions) {
    const version = parseVersion(options.version);
    if (version === null) throw new TypeError(`Cannot simulate RouterOS "${options.version}": not a version`);
    this.version = version.channel === null ? `${options.version} (stable)` : options.version;
    this.features = featuresOf(version);
    this.users = options.users;
    this.identity = options.identity;
    this.serialNumber = options.serialNumber;
    this.softwareId = options.softwareId;
    this.boardName = options.boardName;
    this.routerboard = options.routerboard;
    this.#addProfiles(options.profiles ?? DEFAULT_PROFILES);
    for (const secret of options.secrets) this.addSecret(secret);
  }

  #addProfiles(profiles: readonly GeneratedProfile[]): void {
    this.profiles.insert(profileRow({ name: "default", rateLimit: null }, true), "*0");
    for (const profile of profiles) this.profiles.insert(profileRow(profile, false));
    this.profiles.insert(profileRow({ name: "default-encryption", rateLimit: null }, true), "*FFFFFFFE");
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
      "limit-bytes-in": "0",
      "limit-bytes-out": "0",
      "last-logged-out": this.printDate(Temporal.PlainDateTime.from("1970-01-01T00:00:00")),
      disabled: secret.disabled ? "true" : "false",
      ...(secret.comment === null ? {} : { comment: secret.comment }),
    });
  }

  /** Opens a session without asking whether the account may: that is the dialer's question. */
  openSession(name: string, callerId: string): Row {
    const number = ++this.#sessionCounter;
    const secret = this.secrets.named(name)[0];
    const row = this.active.insert({
      name,
      service: "pppoe",
      "caller-id": callerId,
      address: secret?.["remote-address"] ?? `10.100.${(number >> 8) & 255}.${number & 255}`,
      uptime: "0s",
      encoding: "",
      "session-id": `0x813${number.toString(16).padStart(5, "0")}`,
      "limit-bytes-in": "0",
      "limit-bytes-out": "0",
      radius: "false",
    });
    this.sessions.set(row[".id"] ?? "", { name, startedAt: performance.now() });
    return row;
  }

  /** Ends a session and leaves its trace on the secret; false when there is none. */
  endSession(id: string, reason: string): boolean {
    const row = this.active.remove(id);
    this.sessions.delete(id);
    if (row === undefined) return false;
    for (const secret of this.secrets.named(row["name"] ?? "")) {
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

  /** Forgets what RAM held: sessions, uptime. */
  boot(): void {
    this.#bootedAt = performance.now();
    for (const row of this.active.rows()) this.endSession(row[".id"] ?? "", "reboot");
    for (const row of this.userActive.rows()) this.userActive.remove(row[".id"] ?? "");
  }

  localTime(): Temporal.PlainDateTime {
    return Temporal.Now.plainDateTimeISO("Asia/Manila").round("second");
  }

  printDate(date: Temporal.PlainDateTime): string {
    return formatRouterDate(date, this.features.isoDates);
  }
}

function profileRow(profile: GeneratedProfile, isDefault: boolean): Row {
  return {
    name: profile.name,
    "use-mpls": "default",
    "use-compression": "default",
    "use-encryption": profile.name === "default-encryption" ? "yes" : "default",
    "only-one": "default",
    "change-tcp-mss": isDefault ? "yes" : "default",
    "use-upnp": "default",
    "address-list": "",
    ...(profile.rateLimit === null ? {} : { "rate-limit": profile.rateLimit }),
    "on-up": "",
    "on-down": "",
    default: isDefault ? "true" : "false",
  };
}
