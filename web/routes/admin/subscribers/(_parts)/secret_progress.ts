import type { CommandRow } from "@/web/store/network/commands.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

/** Where a PPP secret stands on its way to the router and to the first session. */
export type SecretStage =
  | "not_sent"
  | "queued"
  | "sent"
  | "failed"
  | "made"
  | "online";

/** What has to be known of a connection and of the last command about its secret. */
export interface SecretSource {
  connection: Pick<SubscriptionDetail, "secret" | "connection">;
  command: Pick<CommandRow, "kind" | "status" | "error_code" | "error_message"> | null;
}

/** Where it stands. A new password for a secret that is there counts until the router has it. */
export function secretStage({ connection, command }: SecretSource): SecretStage {
  const status = command?.status;
  if (status === "queued" || status === "sent") return status;
  const isPassword = command?.kind === "secret.password";
  if (status !== undefined && status !== "done" && (isPassword || connection.secret === "wanted")) {
    return "failed";
  }
  if (connection.secret === "wanted") return "not_sent";
  return connection.connection === "online" ? "online" : "made";
}

/** Whether the page still waits for something that comes by itself. */
export function isAwaited(stage: SecretStage): boolean {
  return stage === "queued" || stage === "sent" || stage === "made";
}
