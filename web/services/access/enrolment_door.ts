import { networkOf, type SecurityReason } from "@/web/domain/access/mod.ts";
import { parseEnrolmentCode } from "@/shared/protocol/mod.ts";
import type { AgentRecords } from "@/web/gateways/agent_hub/mod.ts";
import { lookupEnrolmentCode } from "@/web/store/network/enrolment_codes.ts";
import { countHit } from "@/web/store/access/rate_limits.ts";
import type { ServiceContext } from "../context.ts";
import { enrolAgent } from "../network/enrol_agent.ts";
import { SecurityLog } from "./security_log.ts";

const ENROL_TRIES = { most: 10, seconds: 60 };

/** Where agents ask to be let in: so many tries for each network, and what is refused is in the security log. */
export function enrolmentDoor(
  context: ServiceContext,
  serverPublicKey: string,
): Pick<AgentRecords, "allowEnrolTry" | "enrol" | "noteStrangeHost"> & { settled(): Promise<void> } {
  const { db, clock } = context;
  const security = new SecurityLog(context);
  const note = (
    tenantId: string | null,
    ip: string,
    reason: SecurityReason = "enrolment",
    place = "POST /agent/v1/enrol",
  ) =>
    security.note({
      tenantId,
      kind: "refused",
      reason,
      account: "",
      staffUserId: null,
      ip,
      requestId: crypto.randomUUID(),
      place,
    });
  return {
    settled: () => security.settled(),
    // The name that was asked for is anybody's text: it is not kept.
    noteStrangeHost: (address) => note(null, address, "host", "/agent/v1"),
    async allowEnrolTry(address) {
      const window = { now: clock.now(), seconds: ENROL_TRIES.seconds };
      const { hits } = await countHit(db, `enrol:${networkOf(address)}`, window);
      if (hits > ENROL_TRIES.most) note(null, address);
      return hits <= ENROL_TRIES.most;
    },
    async enrol(request, address) {
      const enrolled = await enrolAgent(context, request, serverPublicKey);
      if (enrolled.ok) return enrolled;
      const code = parseEnrolmentCode(request.code);
      const known = code === null ? null : await lookupEnrolmentCode(db, code.id);
      note(known?.tenantId ?? null, address);
      return enrolled;
    },
  };
}
