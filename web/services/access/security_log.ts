import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import { isFromOutside, networkOf, type SecurityEvent } from "@/web/domain/access/mod.ts";
import {
  type CountedEvent,
  countInstallationEvent,
  countSecurityEvent,
} from "@/web/store/access/security_events.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";

/** Different events that wait for the database; what comes beyond is one common event. */
const WAITING_MAX = 200;

/**
 * The security log of this process: one line each in the log, and an entry that staff can read. Who is refused never
 * waits for it, and one connection writes for all of them: a flood is added up in memory and costs no more than one write
 * after the other.
 */
export class SecurityLog {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #waiting = new Map<string, CountedEvent>();
  #writing: Promise<void> | null = null;

  constructor({ db, clock, log }: { db: Kysely<Database>; clock: Clock; log: Logger }) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  /** Takes an event of somebody who is refused, or not known yet. */
  note(event: SecurityEvent): void {
    this.#say(event);
    const at = this.#clock.now();
    const key = this.#waiting.size < WAITING_MAX ? keyOf(event) : "more";
    const known = this.#waiting.get(key);
    if (known === undefined) {
      const common = {
        tenantId: null,
        kind: "refused",
        reason: "more",
        account: "",
        staffUserId: null,
      } as const;
      const taken = key === "more" ? { ...common, ip: "", requestId: event.requestId } : event;
      this.#waiting.set(key, { ...taken, times: 1, firstAt: at, at });
    } else {
      Object.assign(known, { ip: known.ip === "" ? "" : event.ip, requestId: event.requestId, at });
      known.times++;
    }
    this.#writing ??= this.#writeAll();
  }

  /** Writes an event along with what it tells of: both are there, or neither. */
  async record(trx: TenantTransaction, event: Omit<SecurityEvent, "tenantId">): Promise<void> {
    const at = this.#clock.now();
    const whole: SecurityEvent = { ...event, tenantId: trx.tenantId };
    this.#say(whole);
    await countSecurityEvent(trx, { ...whole, times: 1, firstAt: at, at });
  }

  /** For the log of the process alone: somebody could not be told of what stands in the security log. */
  couldNotTell(what: string, error: unknown): void {
    this.#log.error(what, { error });
  }

  /** Resolves when everything that was noted is written. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #say(event: SecurityEvent): void {
    const { kind, reason, account, ip, requestId, place, tenantId, staffUserId } = event;
    const line = {
      reason,
      account,
      ip,
      request_id: requestId,
      tenant_id: tenantId,
      staff_user_id: staffUserId,
    };
    const level = isFromOutside(event) || kind === "refused" ? "warn" : "info";
    this.#log[level](`security_${kind}`, place === undefined ? line : { ...line, place });
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        const events = [...this.#waiting.values()];
        this.#waiting = new Map();
        await this.#write(events);
      }
    } finally {
      this.#writing = null;
    }
  }

  async #write(events: readonly CountedEvent[]): Promise<void> {
    try {
      const nobodys = events.some((event) => event.tenantId === null) ? await this.#ownerOfTheRest() : null;
      for (const event of events) {
        const tenantId = event.tenantId ?? nobodys;
        if (tenantId === null) await countInstallationEvent(this.#db, event);
        else await withTenant(this.#db, tenantId, (trx) => countSecurityEvent(trx, event));
      }
    } catch (error) {
      // The lines are in the log already; the database is away or full, and nobody is kept waiting for it.
      this.#log.error("security_log_not_written", { events: events.length, message: String(error) });
    }
  }

  /** Where there is one ISP, what is nobody's is about it; among several it is shown to none of them. */
  async #ownerOfTheRest(): Promise<string | null> {
    const tenants = await lookupTenants(this.#db);
    return tenants.length === 1 ? tenants[0] ?? null : null;
  }
}

function keyOf({ tenantId, kind, reason, account, ip, place }: SecurityEvent): string {
  return JSON.stringify([tenantId, kind, reason, account, networkOf(ip), place]);
}
