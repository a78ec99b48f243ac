import type { AppState } from "@/web/app/state.ts";

/** The password of somebody in a demo, which keeps no secret; null elsewhere, or when its supervisor does not answer. */
export async function demoPasswordOf({ demo, log }: AppState, email: string): Promise<string | null> {
  try {
    const logins = (await demo?.status())?.logins ?? [];
    return logins.find((login) => login.email.toLowerCase() === email.toLowerCase())?.password ?? null;
  } catch (error) {
    log.warn("demo_supervisor_silent", { message: String(error) });
    return null;
  }
}
