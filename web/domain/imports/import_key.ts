import { accountKey, DEFAULT_PPP_SERVICE, isPppService, type PppService } from "@/shared/protocol/mod.ts";

/**
 * The service of the account that a secret is, as an import takes it; null for one that Linya cannot manage. A secret for
 * any service is the PPPoE account of its name, and so is one of which an old agent does not say the service.
 */
export function managedService(service: string | null | undefined): PppService | null {
  if (service === null || service === undefined || service === "" || service === "any") {
    return DEFAULT_PPP_SERVICE;
  }
  return isPppService(service) ? service : null;
}

/** By what the rows of one import are told apart: an account's key, and a like text for what is none. */
export function importKey({ name, service }: { name: string; service?: string | null | undefined }): string {
  const managed = managedService(service);
  return managed === null ? `${service}//${name}` : accountKey({ service: managed, name });
}
