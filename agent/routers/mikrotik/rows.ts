import {
  isEpochDate,
  parseBoolean,
  parseDuration,
  parseRouterDate,
  type Row,
} from "@/shared/routeros/mod.ts";

/** A PPP account as the router holds it. Fields that were not asked for, or never set, are null. Never the password. */
export interface PppSecretRow {
  id: string;
  name: string;
  profile: string;
  disabled: boolean;
  service: string;
  comment: string | null;
  callerId: string | null;
  remoteAddress: string | null;
  /** Router-local time as 2026-11-26T13:47:44; null when it never logged out or was not asked for. */
  lastLoggedOut: string | null;
}

/** A PPP profile: what a plan is on the router. */
export interface PppProfileRow {
  name: string;
  /** As the router holds it, such as "25M/25M" (upload/download of the subscriber). */
  rateLimit: string | null;
}

/** A running PPP session. */
export interface PppActiveRow {
  id: string;
  name: string;
  /** The service that it came by: never `any`. */
  service: string;
  address: string | null;
  callerId: string | null;
  uptimeSeconds: number;
  sessionId: string | null;
}

export const SECRET_FIELDS = [".id", "name", "service", "profile", "disabled"] as const;
export const SECRET_FIELDS_FULL = [
  ...SECRET_FIELDS,
  "comment",
  "caller-id",
  "remote-address",
  "last-logged-out",
] as const;
export const PROFILE_FIELDS = ["name", "rate-limit"] as const;
export const ACTIVE_FIELDS = [
  ".id",
  "name",
  "service",
  "address",
  "caller-id",
  "uptime",
  "session-id",
] as const;

export function secretFrom(row: Row): PppSecretRow {
  return {
    id: row[".id"] ?? "",
    name: row["name"] ?? "",
    profile: row["profile"] ?? "",
    disabled: parseBoolean(row["disabled"]) ?? false,
    service: row["service"] ?? "any",
    comment: textOrNull(row["comment"]),
    callerId: textOrNull(row["caller-id"]),
    remoteAddress: textOrNull(row["remote-address"]),
    lastLoggedOut: dateOrNull(row["last-logged-out"]),
  };
}

export function profileFrom(row: Row): PppProfileRow {
  return { name: row["name"] ?? "", rateLimit: textOrNull(row["rate-limit"]) };
}

export function activeFrom(row: Row): PppActiveRow {
  return {
    id: row[".id"] ?? "",
    name: row["name"] ?? "",
    service: row["service"] ?? "",
    address: textOrNull(row["address"]),
    callerId: textOrNull(row["caller-id"]),
    uptimeSeconds: parseDuration(row["uptime"] ?? "") ?? 0,
    sessionId: textOrNull(row["session-id"]),
  };
}

export function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

function dateOrNull(text: string | undefined): string | null {
  const date = parseRouterDate(text ?? "");
  return date === null || isEpochDate(date) ? null : date.toString({ smallestUnit: "second" });
}
