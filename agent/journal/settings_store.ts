import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import { type RouterSettings, routerSettings } from "@/shared/protocol/mod.ts";
import type { DiskHealth } from "./disk_health.ts";
import { JournalFile } from "./files.ts";

const storedSettings = z.object({ settings_version: z.string(), routers: z.array(routerSettings) });
export type StoredSettings = z.infer<typeof storedSettings>;

/** The routers of this site as the web last sent them; passwords stay sealed on disk. */
export class SettingsStore {
  readonly #file: JournalFile<StoredSettings>;
  #current: StoredSettings = { settings_version: "0", routers: [] };

  constructor(folder: string, log: Logger, disk: DiskHealth | null = null) {
    this.#file = new JournalFile(join(folder, "settings.json"), storedSettings, log, undefined, disk);
  }

  async load(): Promise<void> {
    this.#current = await this.#file.load() ?? this.#current;
  }

  get version(): string {
    return this.#current.settings_version;
  }

  get routers(): readonly RouterSettings[] {
    return this.#current.routers;
  }

  find(routerId: string): RouterSettings | undefined {
    return this.#current.routers.find((router) => router.router_id === routerId);
  }

  /** Durable when it returns. */
  async replace(settings: StoredSettings): Promise<void> {
    await this.#file.save(settings);
    this.#current = settings;
  }

  /** R13: after a signed revocation the passwords go, and with them the addresses. */
  async forget(): Promise<void> {
    await this.#file.remove();
    this.#current = { settings_version: "0", routers: [] };
  }
}
