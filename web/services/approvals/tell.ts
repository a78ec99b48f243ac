import type { RequestRow } from "@/web/store/approvals/requests.ts";
import type { UseCase } from "../use_case.ts";

/** Tells whoever could decide that a request waits for them. */
export async function tellDeciders(_useCase: UseCase, _row: RequestRow): Promise<void> {
}

/** Tells whoever asked what has become of it. */
export async function tellAsker(_useCase: UseCase, _row: RequestRow): Promise<void> {
}
