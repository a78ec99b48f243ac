import { AMOUNT_MAX } from "@/shared/money/mod.ts";

/**
 * What a plan may be: in the database, the services, the form and an import alike, so that a plan that an import made
 * can be edited. `pppProfile` is what the agent's protocol carries.
 */
export const PLAN_MAX = { name: 80, pppProfile: 128, speed: 80, priceCentavos: AMOUNT_MAX } as const;
