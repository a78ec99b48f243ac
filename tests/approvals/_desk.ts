import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, type Isp, type IspOptions, liveUntil } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import type { ServiceEndInput } from "@/web/services/approvals/kinds/service_end.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { approveRequest } from "@/web/services/approvals/decide.ts";
import { momentOf } from "@/web/services/approvals/kind.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import type { StaffActor } from "@/web/services/context.ts";
import { useCaseIn } from "@/web/services/use_case.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { findRequest, type RequestRow } from "@/web/store/approvals/requests.ts";

/** Somebody who works at the desk. */
export type Person = StaffActor & { staffUserId: string };

/** A provider with people who ask and decide. */
export interface Desk {
  isp: Isp;
  hire(name: string, permissions: readonly Permission[], role?: RoleOptions): Promise<Person>;
  /** Asks that a service ends with a day, as it is told. */
  ask(who: Person, n: number, lastDay?: string, reason?: string): ReturnType<typeof askOrRun<"service_end">>;
  request(id: string): Promise<RequestRow>;
  /** Hash of what a page would show now. */
  seen(id: string): Promise<string>;
  /** Approves what a page would show now. */
  approve(who: Person, id: string): ReturnType<typeof approveRequest>;
  endOf(n: number, lastDay?: string): ServiceEndInput;
}

interface RoleOptions {
  siteIds?: readonly string[];
  limits?: Record<string, bigint>;
}

/** Opens one on a day, with an approval for every end. */
export async function openDesk(
  database: TestDatabase,
  { binds = "everyone", ...options }: IspOptions & { binds?: "others" | "everyone" } = {},
): Promise<Desk> {
  const isp = await createIsp(database, { subscribers: 4, start: "2026-02-01T00:00:00+08:00", ...options });
  await liveUntil(isp, "2026-02-10T10:00");
  await isp.run((trx) => savePolicyRow(trx, "service_end", { ...NO_APPROVAL, mode: "always", binds }));
  const { context, tenantId } = isp;
  const id = () => uuidv7(isp.clock.now().epochMilliseconds);
  const desk: Desk = {
    isp,
    hire: async (name, permissions, role = {}) => {
      const [staffUserId, roleId] = [id(), id()];
      await isp.run(async (trx) => {
        await insertRole(trx, {
          id: roleId,
          name: `${name} ${roleId}`.slice(0, 60),
          permissions,
          isBuiltin: false,
          ...role,
        });
        await insertStaffMember(trx, {
          id: staffUserId,
          email: `${staffUserId}@desk.example`,
          name,
          passwordHash: "not used",
          roleIds: [roleId],
        });
      });
      return { kind: "staff", label: name, staffUserId };
    },
    endOf: (n, lastDay = "2026-02-10") => ({
      subscriptionId: isp.subscriptionIds[n]!,
      lastDay: Temporal.PlainDate.from(lastDay),
      unused: "credit",
    }),
    ask: (who, n, lastDay, reason = "Moves to Cebu") =>
      askOrRun(context, tenantId, who, { kind: "service_end", input: desk.endOf(n, lastDay), reason }),
    request: async (requestId) => {
      const row = await isp.run((trx) => findRequest(trx, requestId));
      if (row === null) throw new Error(`Cannot find request ${requestId}: it is not there`);
      return row;
    },
    seen: async (requestId) => {
      const kind = kindOf("service_end");
      const { input } = await desk.request(requestId);
      return await isp.run(async (trx) => {
        const useCase = await useCaseIn(trx, context, { actor: isp.actor, touched: new Set() });
        const preview = await kind.preview(momentOf(useCase), kind.input.parse(input));
        return preview.ok ? preview.value.seen : "";
      });
    },
    approve: async (who, requestId) => {
      const { revision } = await desk.request(requestId);
      const seen = await desk.seen(requestId);
      return await approveRequest(context, tenantId, who, { requestId, revision, seen });
    },
  };
  return desk;
}
