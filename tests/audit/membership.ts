import type { Isp } from "@/tests/billing/isp.ts";

/** Sets how a person stands with the company, as if they had been disabled or had left. */
export async function updateMembershipState(
  isp: Isp,
  staffUserId: string,
  state: "active" | "disabled" | "left",
): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("staff_memberships").set({ state, state_at: isp.clock.now() })
      .where("staff_user_id", "=", staffUserId).execute()
  );
}
