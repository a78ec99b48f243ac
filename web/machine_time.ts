import type { MachineTime } from "./services/context.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * The machine's own count. Where one start of the machine has no name (only Linux gives it one), the count of this
 * process has to do: a jump between two starts of the web is then asked about instead of told apart.
 */
export function openMachineTime(): MachineTime {
  const bootId = readBootId();
  if (bootId !== null) return { bootId, uptimeSeconds: () => Deno.osUptime() };
  return { bootId: crypto.randomUUID(), uptimeSeconds: () => performance.now() / 1000 };
}

function readBootId(): string | null {
  try {
    return Deno.readTextFileSync(BOOT_ID).trim() || null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
