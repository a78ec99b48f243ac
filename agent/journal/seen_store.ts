import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import { accountName, uuid } from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile, type WriteStep } from "./files.ts";

const seenAccount = z.object({
  /** Row of the secret that counts. */
  id: z.string(),
  service: z.string(),
  /** The secret that counts is disabled. */
  off: z.boolean(),
  /** Every secret of the account is. */
  shut: z.boolean(),
  /** Empty: not known, because Linya was about to set it. */
  profile: z.string(),
});
/** How a managed account was last read, after our own writes. */
export type SeenAccount = z.infer<typeof seenAccount>;

const storedSeen = z.object({
  stamp: uuid,
  accounts: z.array(seenAccount.extend({ name: accountName })),
});

/**
 * What the agent last saw of the managed accounts of one router, by their keys: what differs at the next look was done
 * by somebody else. Memory is ahead of the disk when that is full. Losing the file costs nothing but that what was done
 * meanwhile is not recognised.
 */
export class SeenStore {
  readonly #file: JournalFile<z.infer<typeof storedSeen>>;
  #accounts = new Map<string, SeenAccount>();
  #stamp: string = crypto.randomUUID();
  #isDirty = false;

  constructor(
    folder: string,
    routerId: string,
    log: Logger,
    disk: DiskHealth | null = null,
    onStep?: (step: WriteStep) => void,
  ) {
    this.#file = new JournalFile(join(folder, `${routerId}.seen.json`), storedSeen, log, onStep, disk);
  }

  async load(): Promise<void> {
    const stored = await this.#file.load();
    if (stored === null) return;
    this.#stamp = stored.stamp;
    this.#accounts = new Map(stored.accounts.map(({ name, ...seen }) => [name, seen]));
  }

  get accounts(): ReadonlyMap<string, SeenAccount> {
    return this.#accounts;
  }

  /** Another one with everything that was seen anew: what is worked out from one reading twice has the same stamp. */
  get stamp(): string {
    return this.#stamp;
  }

  /** Takes another look for the last one. On disk only after `save`. */
  replace(accounts: Map<string, SeenAccount>): void {
    if (isSame(this.#accounts, accounts)) return;
    this.#accounts = accounts;
    this.#touch();
  }

  /** What is written to these accounts next is ours: nothing is concluded from how they were. */
  async forget(names: readonly string[]): Promise<void> {
    for (const name of names) if (this.#accounts.delete(name)) this.#touch();
    await this.save();
  }

  /** The same of their profiles alone. */
  async forgetProfiles(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const seen = this.#accounts.get(name);
      if (seen === undefined || seen.profile === "") continue;
      this.#accounts.set(name, { ...seen, profile: "" });
      this.#touch();
    }
    await this.save();
  }

  /** The account of this row is forgotten. */
  async forgetRow(id: string): Promise<void> {
    await this.forget([...this.#accounts].filter(([, seen]) => seen.id === id).map(([name]) => name));
  }

  /** Another router, or one that a person has spoken for. */
  async clear(): Promise<void> {
    await this.forget([...this.#accounts.keys()]);
  }

  /** Durable when it returns; writes only what is new. */
  async save(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const accounts = [...this.#accounts].map(([name, seen]) => ({ name, ...seen }));
    try {
      await this.#file.save({ stamp: this.#stamp, accounts });
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
  }

  #touch(): void {
    this.#isDirty = true;
    this.#stamp = crypto.randomUUID();
  }
}

/** Whether nothing of an account has changed. */
export function isSameAccount(before: SeenAccount, after: SeenAccount): boolean {
  return before === after ||
    (before.id === after.id && before.off === after.off && before.shut === after.shut &&
      before.profile === after.profile && before.service === after.service);
}

function isSame(before: ReadonlyMap<string, SeenAccount>, after: ReadonlyMap<string, SeenAccount>): boolean {
  if (before.size !== after.size) return false;
  for (const [name, seen] of after) {
    const old = before.get(name);
    if (old === undefined || !isSameAccount(old, seen)) return false;
  }
  return true;
}
