/** An IPv4 or IPv6 address or a host name; the agent dials it, the web never does. */
export function isHost(text: string): boolean {
  return isIpv4(text) || isIpv6(text) || isHostName(text);
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  return text.includes(":") && /^[0-9a-fA-F:.]{2,45}$/.test(text) && URL.canParse(`http://[${text}]/`);
}

/** RFC 1123. A last label of digits only would be a mistyped address. */
function isHostName(text: string): boolean {
  const labels = text.split(".");
  return text.length <= 253 &&
    labels.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "");
}
