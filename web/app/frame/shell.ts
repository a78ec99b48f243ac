import type { DemoView } from "./load_demo.ts";
import type { NavCount, NavId } from "@/web/components/frame/nav.ts";
import type { SetupStep } from "@/web/domain/settings/mod.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";

/** What the frame around every admin page shows; read once per request. */
export interface Shell {
  tenant: TenantRow;
  /** Today on the tenant's business clock (R7). */
  today: Temporal.PlainDate;
  /** Time of day on it. */
  time: Temporal.PlainTime;
  agents: { online: number; total: number };
  counts: Partial<Record<NavId, NavCount>>;
  /** Where the first set-up goes on; null when it is over, was never begun, or is another person's. */
  setupStep: SetupStep | null;
  /** Whether the demo's controls are shown. */
  isDemo: boolean;
  /** Its clock and tour; null outside the demo. */
  demo: DemoView | null;
}
