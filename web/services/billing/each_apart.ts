import { type Coded, formatCoded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { hasSystemLogSince, insertSystemLog } from "@/web/store/access/system_log.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";

/** What the database refuses for the sake of a row: a value, a constraint, a trigger. */
const ROW_REFUSED = /^(?:22|23|P0)/;

/** Whether one row is to blame, so that the others can go on without it. */
export function isOfOneRow(error: unknown): error is Error {
  return error instanceof Error && (error instanceof RangeError || ROW_REFUSED.test(sqlState(error) ?? ""));
}

/** Work that a day does for every connection of a list. */
export interface EachApart<T> {
  /** Of the connections. */
  ids: readonly string[];
  work: (useCase: UseCase, id: string) => Promise<T>;
  /** Name in the system log of one that could not be done, and what it says. */
  event: string;
  why: (error: Error) => Coded;
}

/** The same trouble is asked about every minute and noted once in so many hours. */
export const NOTED_HOURS = 20;

/**
 * Does each in a transaction of its own: one that cannot be done is noted in the system log and stops neither the others
 * nor the day.
 */
export async function eachApart<T>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { ids, work, event, why }: EachApart<T>,
): Promise<Result<T[], "clock_doubted">> {
  const done: T[] = [];
  for (const id of ids) {
    try {
      const one = await runUseCase<T, "clock_doubted">(context, tenantId, actor, async (useCase) => {
        const doubted = await refuseDoubtedClock(useCase);
        return doubted ?? ok(await work(useCase, id));
      });
      if (!one.ok) return one;
      done.push(one.value);
    } catch (error) {
      if (!isOfOneRow(error)) throw error;
      await runUseCase(context, tenantId, actor, async ({ trx, at }) => {
        const since = at.subtract({ hours: NOTED_HOURS });
        if (await hasSystemLogSince(trx, { event, subscriptionId: id, since })) return ok(null);
        await insertSystemLog(trx, {
          at,
          level: "error",
          event,
          message: formatCoded(why(error)),
          subscriptionId: id,
        });
        return ok(null);
      });
    }
  }
  return ok(done);
}
