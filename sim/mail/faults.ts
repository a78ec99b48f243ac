/** What a server does to a message because of whom it is for. */
export interface AddressFault {
  /** The local part, or its tag: `451@isp.test` as well as `juan+451@isp.test`. */
  name: string;
  text: string;
  /** Answer to RCPT TO; `first` of an address that was not seen before. */
  recipient?: { reply: Reply; isFirstOnly?: true };
  /** Answer to the whole message; it is not kept. */
  message?: Reply;
  /** What becomes of the connection or of the time. */
  trouble?: "drip_recipient" | "drip_message" | "wait_message" | "cut_before_data" | "cut_after_data";
}

/** An answer that refuses: its code, and the text with the enhanced code of RFC 3463. */
export interface Reply {
  code: number;
  text: string;
}

/** Every fault that an address can ask for. */
export const ADDRESS_FAULTS: readonly AddressFault[] = [
  {
    name: "451",
    text: "greylisted: 451 at the first try, taken at the next",
    recipient: { reply: { code: 451, text: "4.7.1 Greylisted, please try again later" }, isFirstOnly: true },
  },
  {
    name: "450always",
    text: "450 at every try",
    recipient: { reply: { code: 450, text: "4.2.1 The mailbox is busy" } },
  },
  {
    name: "550",
    text: "550 5.1.1, there is no such mailbox",
    recipient: { reply: { code: 550, text: "5.1.1 The address does not exist here" } },
  },
  {
    name: "552",
    text: "552 5.2.2, the mailbox is over its quota for good",
    recipient: { reply: { code: 552, text: "5.2.2 The mailbox is over its quota" } },
  },
  {
    name: "full",
    text: "452 4.2.2, the mailbox is full for now",
    recipient: { reply: { code: 452, text: "4.2.2 The mailbox is full" } },
  },
  {
    name: "554",
    text: "554 5.7.1 to the content of the message",
    message: { code: 554, text: "5.7.1 The message was refused because of its content" },
  },
  {
    name: "421",
    text: "421 4.3.0 after the message, then it hangs up",
    message: { code: 421, text: "4.3.0 Temporary system problem, try again later" },
  },
  { name: "tarpit", text: "answers to the recipient with a byte every 11 s", trouble: "drip_recipient" },
  { name: "tarpit-data", text: "answers to the message with a byte every 11 s", trouble: "drip_message" },
  { name: "slow", text: "answers to the message after 3 s", trouble: "wait_message" },
  {
    name: "cut-before-data",
    text: "hangs up when the message is about to come",
    trouble: "cut_before_data",
  },
  {
    name: "cut-after-data",
    text: "takes and keeps the whole message, hangs up without an answer",
    trouble: "cut_after_data",
  },
];

const BY_NAME = new Map(ADDRESS_FAULTS.map((fault) => [fault.name, fault]));

/** The fault that an address asks for by its local part or a tag of it; null for a well-behaved one. */
export function faultOf(address: string): AddressFault | null {
  const local = address.slice(0, Math.max(address.lastIndexOf("@"), 0)).toLowerCase();
  for (const part of local.split("+")) {
    const fault = BY_NAME.get(part);
    if (fault !== undefined) return fault;
  }
  return null;
}
