import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import {
  accountName,
  accountOfKey,
  type Authorisation,
  authorisation,
  changeStateHash,
  type DesiredSecret,
  desiredSecret,
  generation,
  type HashedSecret,
  keyOfSecret,
  stateHash,
  uuid,
  type WebMessage,
} from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile, type WriteStep } from "./files.ts";

/** A desired secret as the agent holds it: its name is the key of its account. */
const managedSecret = desiredSecret.omit({ service: true }).extend({ name: accountName });
export type ManagedSecret = z.infer<typeof managedSecret>;

const storedState = z.object({
  lineage: uuid,
  generation,
  hash: z.string(),
  secrets: z.array(managedSecret),
  authorisations: z.array(authorisation),
});
/** What the books want of one router, as last stored whole. */
export type DesiredState = z.infer<typeof storedState>;

export type SnapshotPart = Extract<WebMessage, { t: "state.snapshot" }>;
export type Delta = Extract<WebMessage, { t: "state.delta" }>;

/** What became of a message: stored durably, one part of more, refused, or the web must send the whole again. */
export type StoreOutcome =
  | { kind: "stored"; state: DesiredState }
  | { kind: "partial" }
  | { kind: "refused"; code: "stale_generation"; message: string }
  | { kind: "resync"; reason: string };

/** What a proved change says about who may dial in. Accounts go by their keys. */
export interface ProvedChange {
  isOn(account: string): boolean;
  /** Those that were off before it. */
  restored: string[];
}

/** Owner of one router's desired state. A state is taken whole and proved by its hash, or not at all. */
export class DesiredStore {
  readonly #file: JournalFile<DesiredState>;
  #current: DesiredState | null = null;
  #parts: SnapshotPart[] = [];

  constructor(
    folder: string,
    routerId: string,
    log: Logger,
    onStep?: (step: WriteStep) => void,
    disk: DiskHealth | null = null,
  ) {
    this.#file = new JournalFile(join(folder, `${routerId}.state.json`), storedState, log, onStep, disk);
  }

  get current(): DesiredState | null {
    return this.#current;
  }

  async load(): Promise<void> {
    const stored = await this.#file.load();
    if (stored !== null && await stateHash(stored.secrets.map(hashed)) !== stored.hash) {
      await this.#file.setAside("its hash does not match its rows");
      return;
    }
    this.#current = stored;
  }

  async applySnapshot(part: SnapshotPart): Promise<StoreOutcome> {
    const stale = this.#refuseStale(part);
    if (stale !== null) return stale;
    if (part.part === 1) this.#parts = [];
    if (!this.#continues(part)) {
      this.#parts = [];
      return { kind: "resync", reason: "snapshot parts came out of order" };
    }
    this.#parts.push(part);
    if (part.part < part.parts) return { kind: "partial" };
    const secrets = this.#parts.flatMap((piece) => piece.secrets).map(managed);
    const authorisations = this.#parts.flatMap((piece) => piece.authorisations);
    this.#parts = [];
    if (await stateHash(secrets.map(hashed)) !== part.hash || hasDuplicates(secrets)) {
      return { kind: "resync", reason: "snapshot does not match its hash" };
    }
    return await this.#store(part, secrets, authorisations);
  }

  /** @param onProved heard as soon as the state is proved by its hash, before it is on disk */
  async applyDelta(delta: Delta, onProved: (proved: ProvedChange) => void = () => {}): Promise<StoreOutcome> {
    const base = this.#current;
    this.#parts = [];
    if (base === null) return { kind: "resync", reason: "no base for the delta" };
    if (base.lineage !== delta.lineage) return { kind: "resync", reason: "delta of another lineage" };
    const stale = this.#refuseStale(delta);
    if (stale !== null) return stale;
    if (base.generation === delta.generation && base.hash === delta.hash) {
      return { kind: "stored", state: base };
    }
    if (base.generation !== delta.from_generation) {
      return {
        kind: "resync",
        reason: `delta starts at ${delta.from_generation}, here is ${base.generation}`,
      };
    }
    const secrets = new Map(base.secrets.map((secret) => [secret.name, secret]));
    const changed = delta.secrets.map(managed);
    const touched = new Set([...delta.removed, ...changed.map((secret) => secret.name)]);
    const removed = [...touched].flatMap((name) => secrets.get(name) ?? []);
    for (const name of delta.removed) secrets.delete(name);
    for (const secret of changed) secrets.set(secret.name, secret);
    const added = [...touched].flatMap((name) => secrets.get(name) ?? []);
    const steps = { removed: removed.map(hashed), added: added.map(hashed) };
    if (await changeStateHash(base.hash, steps) !== delta.hash) {
      return { kind: "resync", reason: "delta does not lead to its hash" };
    }
    const wasOff = new Set(removed.filter(({ disabled }) => disabled).map(({ name }) => name));
    onProved({
      isOn: (name) => secrets.get(name)?.disabled === false,
      restored: changed.filter(({ name, disabled }) => !disabled && wasOff.has(name))
        .map(({ name }) => name),
    });
    return await this.#store(delta, [...secrets.values()], [...base.authorisations, ...delta.authorisations]);
  }

  /** Within a lineage the generation never goes back; another lineage starts over (after a restored database). */
  #refuseStale(message: SnapshotPart | Delta): StoreOutcome | null {
    const current = this.#current;
    if (current === null || current.lineage !== message.lineage) return null;
    if (message.generation >= current.generation) return null;
    return {
      kind: "refused",
      code: "stale_generation",
      message: `generation ${message.generation} is older than ${current.generation}`,
    };
  }

  #continues(part: SnapshotPart): boolean {
    const first = this.#parts[0];
    if (part.part !== this.#parts.length + 1) return false;
    return first === undefined ||
      (first.lineage === part.lineage && first.generation === part.generation &&
        first.hash === part.hash && first.parts === part.parts);
  }

  async #store(
    from: SnapshotPart | Delta,
    secrets: ManagedSecret[],
    authorisations: Authorisation[],
  ): Promise<StoreOutcome> {
    const named = new Set(secrets.map((secret) => secret.authorisation));
    const byId = new Map(authorisations.map((item) => [item.id, item]));
    const state: DesiredState = {
      lineage: from.lineage,
      generation: from.generation,
      hash: from.hash,
      secrets,
      authorisations: [...byId.values()].filter((item) => named.has(item.id)),
    };
    // The schema reads generations as text and gives bigint; saving writes them as text again.
    await this.#file.save(state);
    this.#current = state;
    return { kind: "stored", state };
  }
}

function managed(secret: DesiredSecret): ManagedSecret {
  const { service: _service, ...rest } = secret;
  return { ...rest, name: keyOfSecret(secret) };
}

function hashed({ name, profile, disabled }: ManagedSecret): HashedSecret {
  return { ...accountOfKey(name), profile, disabled };
}

function hasDuplicates(secrets: readonly ManagedSecret[]): boolean {
  return new Set(secrets.map((secret) => secret.name)).size !== secrets.length;
}
