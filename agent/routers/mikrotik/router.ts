import { parseDuration, type Row, TrapError } from "@/shared/routeros/mod.ts";
import { kick } from "./kick.ts";
import { listLog, type LogLine } from "./log_lines.ts";
import { moveToProfile, type ProfileMove } from "./profiles.ts";
import { readClock, type RouterClock } from "./probes.ts";
import { type DefaultRoute, listDefaultRoutes } from "./routes.ts";
import {
  ACTIVE_FIELDS,
  activeFrom,
  type PppActiveRow,
  type PppProfileRow,
  type PppSecretRow,
  PROFILE_FIELDS,
  profileFrom,
  SECRET_FIELDS,
  SECRET_FIELDS_FULL,
  secretFrom,
  textOrNull,
} from "./rows.ts";
import {
  addSecret,
  findSecretsFull,
  type NewSecretRow,
  type SecretRowChange,
  setSecret,
} from "./new_secrets.ts";
import { BULK_DEADLINE_MS, setDisabled, type SetDisabledResult, setProfile } from "./secrets.ts";
import { RouterOsSession } from "./session.ts";
import type { SessionOptions } from "./session_options.ts";
import { findSessions } from "./sessions.ts";

/** Who the router is. A router is bound to its serial number or software id (R12). */
export interface RouterIdentity {
  identity: string;
  /** As printed, such as "6.49.10 (stable)". */
  version: string;
  /** Null on a CHR or x86, which have no board. */
  serialNumber: string | null;
  /** The software id, or the system id of a CHR. */
  softwareId: string | null;
  boardName: string | null;
  uptimeSeconds: number;
}

/**
 * The operations that provisioning needs. None removes a secret; none touches an account that it was not given, by its
 * key (`accountKey`): a secret or session of another service with the same name is another account.
 */
export interface RouterClient {
  identity(): Promise<RouterIdentity>;
  /** Without `full`, comment, caller id, address and last log-out are null: less than a quarter of the bytes. */
  listSecrets(opts?: { full?: boolean }): Promise<PppSecretRow[]>;
  listProfiles(): Promise<PppProfileRow[]>;
  listActive(): Promise<PppActiveRow[]>;
  listDefaultRoutes(): Promise<DefaultRoute[]>;
  listLog(): Promise<LogLine[]>;
  readClock(): Promise<RouterClock>;
  /** Compares, writes what differs, reads back. Enabling overtakes everything that waits. */
  setDisabled(
    accounts: string[],
    disabled: boolean,
    opts?: { isStillWanted?: () => boolean },
  ): Promise<SetDisabledResult>;
  /** With `restore`, overtakes cuts. */
  setProfile(
    account: string,
    profile: string,
    opts?: { restore?: boolean },
  ): Promise<"changed" | "unchanged" | "missing">;
  /** Moves accounts by the ids of their rows, in as few sentences as may be; everything else overtakes it. */
  moveToProfile(
    moves: readonly ProfileMove[],
    profile: string,
    opts?: { isStillWanted?: () => boolean },
  ): Promise<SetDisabledResult>;
  /** Of these accounts, those with a session. */
  findSessions(accounts: string[]): Promise<string[]>;
  /** The secrets of one account, all fields but the password. */
  findSecrets(account: string): Promise<PppSecretRow[]>;
  /** Adds a PPPoE secret; a name that is taken is a TrapError of kind AlreadyExists. Adding is not idempotent. */
  addSecret(secret: NewSecretRow): Promise<void>;
  /** Changes fields of one secret by its id. */
  setSecret(id: string, change: SecretRowChange): Promise<void>;
  /** Ends every session of these accounts, and again after a while those of accounts that read disabled. */
  kick(
    accounts: string[],
    opts?: { restore?: boolean; isStillWanted?: () => boolean },
  ): Promise<{ kicked: number }>;
  close(): Promise<void>;
}

/** A client that holds a connection, with the moment it is lost. */
export interface ConnectedRouter extends RouterClient {
  readonly isOpen: boolean;
  /** Settles when the connection is gone, for whatever reason. */
  readonly ended: Promise<void>;
}

/** A session, and how the operations on it behave. */
export interface ConnectOptions extends SessionOptions {
  /** Wait before a kick looks again for sessions that slipped in; 2,500 ms unless set. */
  recheckMs?: number;
  /** How often a kick looks at most; 3 unless set. */
  maxKickRounds?: number;
  /** Rows that one write names; 100 unless set. */
  batchSize?: number;
}

/** Connects, logs in and gives the operations of provisioning. */
export async function connectRouter(options: ConnectOptions): Promise<ConnectedRouter> {
  return new MikrotikRouter(await RouterOsSession.connect(options), options);
}

class MikrotikRouter implements ConnectedRouter {
  readonly #session: RouterOsSession;
  readonly #recheckMs: number;
  readonly #maxKickRounds: number;
  readonly #batchSize: number;

  constructor(session: RouterOsSession, options: ConnectOptions) {
    this.#session = session;
    this.#recheckMs = options.recheckMs ?? 2_500;
    this.#maxKickRounds = options.maxKickRounds ?? 3;
    this.#batchSize = options.batchSize ?? 100;
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  get ended(): Promise<void> {
    return this.#session.ended;
  }

  async identity(): Promise<RouterIdentity> {
    const [resource, name, board, license] = await Promise.all([
      this.#firstRow("/system/resource/print"),
      this.#firstRow("/system/identity/print"),
      this.#firstRowIfAny("/system/routerboard/print"),
      this.#firstRowIfAny("/system/license/print"),
    ]);
    return {
      identity: name["name"] ?? "",
      version: resource["version"] ?? "",
      serialNumber: textOrNull(board["serial-number"]),
      softwareId: textOrNull(license["software-id"] ?? license["system-id"]),
      boardName: textOrNull(resource["board-name"]),
      uptimeSeconds: parseDuration(resource["uptime"] ?? "") ?? 0,
    };
  }

  async listSecrets({ full = false }: { full?: boolean } = {}): Promise<PppSecretRow[]> {
    const proplist = full ? SECRET_FIELDS_FULL : SECRET_FIELDS;
    const rows = await this.#printAll("/ppp/secret/print", proplist);
    return rows.map(secretFrom);
  }

  async listProfiles(): Promise<PppProfileRow[]> {
    const rows = await this.#printAll("/ppp/profile/print", PROFILE_FIELDS);
    return rows.map(profileFrom);
  }

  async listActive(): Promise<PppActiveRow[]> {
    const rows = await this.#printAll("/ppp/active/print", ACTIVE_FIELDS);
    return rows.map(activeFrom);
  }

  listDefaultRoutes(): Promise<DefaultRoute[]> {
    return listDefaultRoutes(this.#session);
  }

  listLog(): Promise<LogLine[]> {
    return listLog(this.#session);
  }

  readClock(): Promise<RouterClock> {
    return readClock(this.#session);
  }

  moveToProfile(
    moves: readonly ProfileMove[],
    profile: string,
    opts: { isStillWanted?: () => boolean } = {},
  ): Promise<SetDisabledResult> {
    return moveToProfile(this.#session, moves, profile, { ...opts, batchSize: this.#batchSize });
  }

  setDisabled(
    accounts: string[],
    disabled: boolean,
    opts: { isStillWanted?: () => boolean } = {},
  ): Promise<SetDisabledResult> {
    return setDisabled(this.#session, accounts, disabled, { ...opts, batchSize: this.#batchSize });
  }

  setProfile(
    account: string,
    profile: string,
    { restore = false }: { restore?: boolean } = {},
  ): Promise<"changed" | "unchanged" | "missing"> {
    return setProfile(this.#session, account, profile, restore ? "restore" : "cut");
  }

  findSessions(accounts: string[]): Promise<string[]> {
    return findSessions(this.#session, accounts);
  }

  findSecrets(account: string): Promise<PppSecretRow[]> {
    return findSecretsFull(this.#session, account);
  }

  addSecret(secret: NewSecretRow): Promise<void> {
    return addSecret(this.#session, secret);
  }

  setSecret(id: string, change: SecretRowChange): Promise<void> {
    return setSecret(this.#session, id, change);
  }

  kick(
    accounts: string[],
    { restore = false, ...opts }: { restore?: boolean; isStillWanted?: () => boolean } = {},
  ): Promise<{ kicked: number }> {
    return kick(this.#session, accounts, {
      ...opts,
      recheckMs: this.#recheckMs,
      maxRounds: this.#maxKickRounds,
      batchSize: this.#batchSize,
      priority: restore ? "restore" : "cut",
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #printAll(command: string, proplist: readonly string[]): Promise<Row[]> {
    const { rows } = await this.#session.call(command, {}, { proplist, deadlineMs: BULK_DEADLINE_MS });
    return rows;
  }

  async #firstRow(command: string): Promise<Row> {
    const { rows } = await this.#session.call(command);
    return rows[0] ?? {};
  }

  /** Boards differ in their menus: one that is not there says nothing about the router. */
  async #firstRowIfAny(command: string): Promise<Row> {
    try {
      return await this.#firstRow(command);
    } catch (error) {
      if (error instanceof TrapError && error.kind === "NoSuchCommand") return {};
      throw error;
    }
  }
}
