import type { RouterIdentityMessage } from "@/shared/protocol/mod.ts";

/**
 * What reconciling needs of a router; the MikroTik client is one, the tests bring another. Accounts are named by their
 * key (`accountKey`), which is the bare name for PPPoE: nothing else that has the same name is read or written.
 */
export interface RouterPort {
  /** Settles when the connection is gone. */
  readonly ended: Promise<void>;
  identity(): Promise<RouterIdentityMessage>;
  listSecrets(options?: { full?: boolean }): Promise<PortSecret[]>;
  listProfiles(): Promise<PortProfile[]>;
  listActive(): Promise<PortSession[]>;
  /** The routes to everywhere. */
  listDefaultRoutes(): Promise<PortRoute[]>;
  /** The router takes it for a year in which it cannot have been made. */
  isClockUnset(): Promise<boolean>;
  /** The router's own log, the oldest line first. */
  listLog(): Promise<PortLogLine[]>;
  /**
   * Compares, writes what differs, reads back; enabling overtakes everything that waits in the client. A write that is
   * not wanted any more when its turn comes is not sent, and the call rejects with code router_command_withdrawn.
   */
  setDisabled(accounts: string[], disabled: boolean, options?: WriteOptions): Promise<{
    changed: string[];
    unchanged: string[];
    missing: string[];
  }>;
  /**
   * Moves accounts to a profile that the router has, by the rows just read: compares, writes what differs, reads back.
   * Everything else overtakes it in the client.
   */
  moveToProfile(moves: readonly ProfileMove[], profile: string, options?: WriteOptions): Promise<{
    changed: string[];
    unchanged: string[];
    missing: string[];
  }>;
  /** Of these accounts, those with a session. */
  findSessions(accounts: string[]): Promise<string[]>;
  /** The secrets of one account, with their comments. */
  findSecrets(account: string): Promise<FoundSecret[]>;
  /**
   * Adds a PPPoE secret. Never repeated by itself: when the answer is lost, whoever asked looks first. The password goes
   * on the wire and nowhere else.
   */
  addSecret(secret: NewSecret): Promise<void>;
  /** Changes password and comment, and what else is given, of one secret; reads nothing back, the router keeps it hidden. */
  setSecret(id: string, change: SecretChange): Promise<void>;
  /** Ends the sessions of these accounts, and looks again for those of disabled ones. Takes seconds. */
  kick(accounts: string[], options?: WriteOptions): Promise<{ kicked: number }>;
  close(): Promise<void>;
}

/** What a write depends on until the last moment. */
export interface WriteOptions {
  isStillWanted?: () => boolean;
}

export interface NewSecret {
  name: string;
  password: string;
  /** Null: the router's default profile. */
  profile: string | null;
  disabled: boolean;
  comment: string;
}

export type SecretChange =
  & Pick<NewSecret, "password" | "comment">
  & Partial<Pick<NewSecret, "profile" | "disabled">>;

/** A secret with everything but its password. */
export type FoundSecret = PortSecret;

export interface PortSecret {
  /** Stable until a reset or import of the router. */
  id: string;
  name: string;
  profile: string;
  disabled: boolean;
  service: string;
  comment: string | null;
  callerId: string | null;
  remoteAddress: string | null;
}

export interface PortProfile {
  name: string;
  rateLimit: string | null;
}

/** An account and the rows that carry its profile. */
export interface ProfileMove {
  account: string;
  ids: readonly string[];
}

export interface PortRoute {
  disabled: boolean;
  /** Null where the router does not say. */
  active: boolean | null;
}

export interface PortLogLine {
  /** In the router's own words and time. */
  time: string;
  topics: readonly string[];
  message: string;
}

export interface PortSession {
  name: string;
  /** The service that it came by: never `any`. */
  service: string;
  address: string | null;
  callerId: string | null;
  uptimeSeconds: number;
}

export interface RouterAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  signal: AbortSignal;
  /** Told of rows that came without an id and were left out. */
  onSkippedRows?: (command: string, count: number) => void;
}

/** Connects and logs in; rejects with the typed errors of shared/routeros. */
export type ConnectRouter = (address: RouterAddress) => Promise<RouterPort>;

/** The web's word that names may be disabled or kicked now (R3). */
export interface Permit {
  names: ReadonlySet<string>;
  /** False once its time is over or its connection is gone. */
  isValid(): boolean;
}

/** Asks the web; null when the link is down or the web does not answer. */
export type RequestPermit = (request: {
  lineage: string;
  generation: bigint;
  names: readonly string[];
}) => Promise<Permit | null>;
