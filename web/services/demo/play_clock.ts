import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { insertMove, updateMove, updateStaleMoves } from "@/web/store/demo/clock_moves.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { advanceBusinessTime, type AdvanceTarget, planJourney } from "./advance_business_time.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { untilRoutersFollow } from "./routers_follow.ts";

/** A process that plays a move touches it with every stop; one that has not for so long is gone. */
const STALE_AFTER_SECONDS = 60;

/** A move that is under way. */
export interface PlayingMove {
  moveId: string;
  /** Settles when it is over, well or not. */
  finished: Promise<void>;
}

/**
 * Starts the time machine and comes back at once: the move is played to its end whoever looks on, and how far it has
 * come stands in the books. One move is played at a time.
 *
 * @param input.afterStop what the demo's people do once the runs of an hour are over
 */
export async function playClock(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { to: AdvanceTarget; afterStop?: () => Promise<void> },
): Promise<Result<PlayingMove, "already_playing">> {
  const { from, stops } = await planJourney(context, tenantId, input.to);
  const at = context.clock.now();
  const moveId = uuidv7(at.epochMilliseconds);
  const isAdded = await withTenant(context.db, tenantId, async (trx) => {
    await updateStaleMoves(trx, { untouchedSince: at.subtract({ seconds: STALE_AFTER_SECONDS }), at });
    return await insertMove(trx, {
      id: moveId,
      target: input.to,
      status: "playing",
      requested_by: actor.label,
      from_on: from.toPlainDate(),
      to_on: (stops.at(-1) ?? from).toPlainDate(),
      reached_on: from.toPlainDate(),
      started_at: at,
      touched_at: at,
      finished_at: null,
    });
  });
  if (!isAdded) return err("already_playing");
  return ok({ moveId, finished: play(context, tenantId, actor, { ...input, moveId }) });
}

async function play(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { to, moveId, afterStop }: { to: AdvanceTarget; moveId: string; afterStop?: () => Promise<void> },
): Promise<void> {
  const note = (fields: Parameters<typeof updateMove>[2]) =>
    withTenant(context.db, tenantId, async (trx) => {
      await updateMove(trx, moveId, { ...fields, touched_at: context.clock.now() });
      // Every page of the demo shows the clock; whoever follows the books follows it too.
      await announceLive(trx, ["money", "tonight"]);
    });
  const end = async (status: "done" | "failed") => await note({ status, finished_at: context.clock.now() });
  try {
    await advanceBusinessTime(context, tenantId, actor, {
      to,
      onDay: async (day, ran) => {
        if (ran.some(({ cut }) => (cut?.cut ?? 0) > 0)) await untilRoutersFollow(context, tenantId);
        await afterStop?.();
        await note({ reached_on: day });
      },
    });
    await end("done");
  } catch (error) {
    context.log.error("clock_move_failed", { move_id: moveId, message: String(error) });
    // The database may be what failed: the move then counts as gone after a minute.
    await end("failed").catch((cause) =>
      context.log.error("clock_move_not_closed", { move_id: moveId, message: String(cause) })
    );
  }
}
