import { DEFAULT_PPP_SERVICE, type PppService } from "@/shared/protocol/mod.ts";
import { CodeText } from "./CopyBlock.tsx";

/** A PPP user, with its service where that is not PPPoE: another account may have the same name. */
export function PppUser({ name, service }: { name: string; service: PppService }) {
  return (
    <>
      <CodeText>{name}</CodeText>
      {service !== DEFAULT_PPP_SERVICE && <span class="note">{` ${service}`}</span>}
    </>
  );
}
