import type { Generated, GeneratedAlways } from "kysely";

/**
 * Rows of the migrated database as Kysely sees them: made by `deno task gen`, and a test says when to make them again.
 * Unions are the words that a check allows, comments those of the columns. `*_centavos` are integer centavos, `*_on`
 * dates in the tenant's zone, `*_at` instants.
 */

/** A jsonb column: parsed by zod where it is read. */
export type JsonColumn = unknown;

export interface AgentPresenceTable {
  tenant_id: string;
  agent_id: string;
  node_id: string;
  epoch: bigint;
  connected_at: Temporal.Instant;
  heartbeat_at: Temporal.Instant;
  disconnected_at: Temporal.Instant | null;
  version: string;
  round_trip_ms: number | null;
  refused_at: Temporal.Instant | null;
  refused_code: "too_old" | "no_common_protocol" | "bad_hello" | "key_unknown" | null;
  refused_detail: string | null;
  ended_at: Temporal.Instant | null;
  ended_code: string | null;
  ended_detail: string | null;
  trouble_at: Temporal.Instant | null;
  trouble_code: string | null;
  trouble_detail: string | null;
  clock_ahead_seconds: bigint | null;
}

export interface AgentsTable {
  tenant_id: string;
  id: string;
  site_id: string;
  name: string;
  identity_public_key: Uint8Array;
  sealing_public_key: Uint8Array;
  install_id: string;
  version: string;
  enrolled_at: Temporal.Instant;
  revoked_at: Temporal.Instant | null;
  frozen_at: Temporal.Instant | null;
  epoch: Generated<bigint>;
  seal_version: Generated<number>;
  tells_services_apart: Generated<boolean>;
}

export interface AllocationsTable {
  tenant_id: string;
  id: string;
  source_id: string;
  bill_id: string;
  amount_centavos: bigint;
  created_at: Temporal.Instant;
  released_at: Temporal.Instant | null;
  line_no: number;
}

export interface ApprovalPoliciesTable {
  tenant_id: string;
  kind: string;
  mode: "off" | "always" | "above";
  from_centavos: bigint | null;
  binds: "others" | "everyone";
  expire_days: number;
  /** Connections from which on it needs one, where it goes by them. */
  from_count: number | null;
}

export interface ApprovalRequestsTable {
  tenant_id: string;
  id: string;
  kind: string;
  /** What is to be done, frozen; its shape has a version of its own. */
  input: JsonColumn;
  input_version: number;
  /** Counts how often the asker changed it: a decision is about one. */
  revision: Generated<number>;
  subject_kind: string;
  subject_id: string;
  subject_label: string;
  subscriber_id: string | null;
  /** Site of its subject, where that is at one; else that of its subscriber. */
  site_id: string | null;
  amount_centavos: bigint | null;
  /** What it did to money and to the router as it was asked, as codes. */
  effects: JsonColumn;
  /** Hash of what was looked at when it was asked. */
  seen: string;
  /** Set where a subject has one such request at a time. */
  only_key: string | null;
  reason: string;
  state: "asked" | "approved" | "declined" | "expired" | "withdrawn" | "failed";
  asked_at: Temporal.Instant;
  /** Person who asked; null where only the name was kept. */
  asked_by_id: string | null;
  asked_by: string;
  expires_at: Temporal.Instant;
  /** When the own operation of a sole owner is carried out by itself. */
  runs_at: Temporal.Instant | null;
  decided_at: Temporal.Instant | null;
  decided_by_id: string | null;
  decided_by: string | null;
  note: string | null;
  /** How it was approved: by a person, at once as a sole owner, or after the cooling-off time. */
  how: "person" | "at_once" | "cooled_off" | null;
  /** Why it could not be carried out any more, as a code. */
  failure: string | null;
}

export interface ApprovalSecretsTable {
  tenant_id: string;
  request_id: string;
  values_sealed: string;
}

export interface ApprovalSettingsTable {
  tenant_id: string;
  sole_owner: "at_once" | "cooling_off";
  cooling_hours: number;
}

export interface AuditChecksTable {
  tenant_id: string;
  id: string;
  checked_at: Temporal.Instant;
  took_ms: number;
  entries: bigint;
  problem: "entry" | "head" | "truncated" | "signature" | null;
  /** Number of the entry that does not fit. */
  problem_sequence: bigint | null;
  /** Order in which they were made, whatever the clock said. */
  number: Generated<bigint>;
  /** What was found there, to know it again. */
  problem_print: string | null;
}

export interface AuditEntriesTable {
  tenant_id: string;
  sequence: bigint;
  at: Temporal.Instant;
  business_on: Temporal.PlainDate;
  actor: string;
  staff_user_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  subscriber_id: string | null;
  summary: string;
  details: Generated<JsonColumn>;
  previous_hash: Uint8Array;
  hash: Uint8Array;
  actor_kind: "staff" | "subscriber" | "operator" | "api_key" | "agent" | "system" | null;
  ip: string | null;
  request_id: string | null;
  run_id: string | null;
  agent_id: string | null;
  /** Makes the hash say nothing about words that are erased; it goes with them. */
  salt: string | null;
}

export interface AuditHeadsTable {
  tenant_id: string;
  signed_on: Temporal.PlainDate;
  sequence: bigint;
  hash: Uint8Array;
  signed_at: Temporal.Instant;
  public_key: Uint8Array;
  signature: Uint8Array;
}

export interface AuditKnownBreaksTable {
  tenant_id: string;
  problem: "entry" | "head" | "truncated" | "signature";
  sequence: bigint;
  print: string;
  note: string;
  known_by: string;
  known_at: Temporal.Instant;
}

export interface AuditRedactionsTable {
  tenant_id: string;
  sequence: bigint;
  erasure_id: string;
  original_hash: Uint8Array;
  content_hash: Uint8Array;
}

export interface BillLinesTable {
  tenant_id: string;
  bill_id: string;
  line_no: number;
  kind:
    | "recurring"
    | "one_time"
    | "late_fee"
    | "reconnection_fee"
    | "lock_in_fee"
    | "convenience_fee"
    | "opening";
  description: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  amount_centavos: bigint;
  subscription_id: string | null;
  /** Allocated to it, and taken off by a credit line of the same bill. */
  settled_centavos: Generated<bigint>;
  /** In the amount, whether the price had it or it came on top. */
  vat_centavos: Generated<bigint>;
}

export interface BillsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  /** The connection that it is filed under. Its lines say whose service they are for. */
  subscription_id: string;
  number: string | null;
  status: "draft" | "issued" | "void";
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  issued_on: Temporal.PlainDate | null;
  due_on: Temporal.PlainDate | null;
  grace_days: number;
  total_centavos: bigint;
  paid_centavos: Generated<bigint>;
  run_id: string | null;
  is_imported: Generated<boolean>;
  voided_at: Temporal.Instant | null;
  void_reason: string | null;
  created_at: Temporal.Instant;
  kind: Generated<"recurring" | "prepaid" | "one_time" | "debit_memo" | "final" | "opening" | "late_fee">;
  /** Of the invoice that the BIR knows it by: it is reported, and is corrected by a memo. */
  bir_invoice_no: string | null;
  /** Of the open dispute. It is the part that is paid last. */
  disputed_centavos: Generated<bigint>;
  /** First day on which it costs a late fee, as agreed when it was issued. Null: none. */
  late_fee_on: Temporal.PlainDate | null;
  late_fee_centavos: bigint | null;
  late_fee_bp: number | null;
  /** The run looks at it from this day on. Null: it has, or there is nothing to look for. */
  late_fee_look_on: Temporal.PlainDate | null;
  /** As it held when it was issued. */
  tax_mode: Generated<"non_vat" | "vat_inclusive" | "vat_exclusive">;
  vat_rate_bp: Generated<number>;
  vatable_centavos: Generated<bigint>;
  /** In the total. */
  vat_centavos: Generated<bigint>;
  /** Counts up when the public address of the bill is taken back. */
  link_generation: Generated<number>;
  /** Order in which the books of a subscriber were written, whatever the clock said; 0: by its time, before all others. */
  book_place: Generated<bigint>;
}

export interface BlockReasonsTable {
  tenant_id: string;
  id: string;
  subscription_id: string;
  reason: "nonpayment" | "abuse" | "vacation" | "admin" | "not_installed" | "imported_disabled";
  note: string | null;
  run_id: string | null;
  added_by: string;
  added_on: Temporal.PlainDate;
  added_at: Temporal.Instant;
  removed_on: Temporal.PlainDate | null;
  removed_at: Temporal.Instant | null;
  removed_by: string | null;
}

export interface BookChecksTable {
  tenant_id: string;
  id: string;
  checked_at: Temporal.Instant;
  took_ms: number;
  rows_seen: bigint;
  broken_count: number;
  broken: JsonColumn;
  asked_by: string;
  /** Order in which they were made, whatever the clock said. */
  number: Generated<bigint>;
}

export interface ChargedPeriodsTable {
  tenant_id: string;
  subscription_id: string;
  period_start: Temporal.PlainDate;
  period_end: Temporal.PlainDate;
  state: "billed" | "to_bill_again" | "never" | "unexplained";
  bill_id: string | null;
  freed_bill_id: string | null;
  why: "stopped" | "suspended" | "free" | "decided" | "uncovered" | "bought_before" | null;
  plan_name: string | null;
  price_centavos: bigint | null;
  anchor_day: number | null;
  proration: "actual" | "days30" | null;
  is_in_full: boolean | null;
  suspended_policy: "charge" | "skip" | null;
  first_billed_on: Temporal.PlainDate | null;
  stopped_at: Temporal.Instant | null;
  created_at: Temporal.Instant;
  own_kind: "price" | "amount_off" | "percent_off" | null;
  own_amount_centavos: bigint | null;
  own_basis_points: number | null;
  own_until_on: Temporal.PlainDate | null;
  list_price_centavos: bigint | null;
  /** Where its line ends; the days behind period_end were credited when the connection changed how it pays. */
  line_end: Temporal.PlainDate | null;
  rest_plan_name: string | null;
  /** The plan changed inside it after it was billed: by this price the days from then on were settled. */
  rest_price_centavos: bigint | null;
}

export interface ClockMovesTable {
  tenant_id: string;
  id: string;
  target: "day" | "bill_run" | "cut_run" | "week" | "month";
  status: "playing" | "done" | "failed";
  requested_by: string;
  from_on: Temporal.PlainDate;
  to_on: Temporal.PlainDate;
  /** The last day that was played. */
  reached_on: Temporal.PlainDate;
  started_at: Temporal.Instant;
  touched_at: Temporal.Instant;
  finished_at: Temporal.Instant | null;
}

export interface ClockWatchesTable {
  tenant_id: string;
  /** What the clock said; while it is doubted, what it should say by the machine's count. */
  seen_at: Temporal.Instant;
  boot_id: string;
  uptime_seconds: bigint;
  /** Null: the clock is believed. */
  doubt: "jump" | "gap" | null;
  /** What the clock said when it was first doubted. */
  doubted_at: Temporal.Instant | null;
}

export interface CommandPartsTable {
  tenant_id: string;
  command_id: string;
  part: number;
  content: JsonColumn;
  bytes: Generated<number>;
}

export interface CommandsTable {
  tenant_id: string;
  id: string;
  agent_id: string;
  router_id: string | null;
  kind: string;
  arguments: Generated<JsonColumn>;
  status: Generated<"queued" | "sent" | "done" | "failed" | "expired" | "outcome_unknown">;
  requested_by: string;
  requested_at: Temporal.Instant;
  not_after_at: Temporal.Instant;
  sent_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  result: JsonColumn | null;
  error_code: string | null;
  error_message: string | null;
}

export interface ConsentTextsTable {
  tenant_id: string;
  version: number;
  text_en: string;
  text_fil: string;
  saved_at: Temporal.Instant;
  saved_by: string;
}

export interface CreditMemosTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  number: string;
  kind: "goodwill" | "outage" | "correction" | "other" | "write_off";
  reason: string;
  amount_centavos: bigint;
  /** Paid first; null: it was given to the subscriber. */
  bill_id: string | null;
  issued_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  recorded_by: string;
  staff_user_id: string | null;
  idempotency_key: string;
  request_hash: string;
  voided_at: Temporal.Instant | null;
  void_reason: string | null;
  /** Of the VAT of its bill: given back with it. */
  vat_centavos: Generated<bigint>;
  /** Whose days it settles; null: of no connection, or from before this was kept. */
  subscription_id: string | null;
}

export interface CreditSourcesTable {
  tenant_id: string;
  /** Of the payment or memo that it is. */
  id: string;
  subscriber_id: string;
  kind: "payment" | "memo" | "opening";
  number: string;
  amount_centavos: bigint;
  /** Allocated to bills and paid back. */
  used_centavos: Generated<bigint>;
  received_on: Temporal.PlainDate;
  created_at: Temporal.Instant;
  /** Reversed or voided: nothing of it is left. */
  ended_at: Temporal.Instant | null;
}

export interface CutExclusionsTable {
  tenant_id: string;
  id: string;
  subscription_id: string;
  business_on: Temporal.PlainDate;
  reason: string;
  created_by: string;
  created_at: Temporal.Instant;
  removed_at: Temporal.Instant | null;
}

export interface DecisionBatchesTable {
  tenant_id: string;
  id: string;
  decision: "approve" | "decline";
  /** Goes to each request, and is taken away with the last. */
  note: string | null;
  /** Of each request id, revision and hash, as they were shown. */
  shown: JsonColumn;
  /** Of each that was decided, in their order, what became of it. */
  results: Generated<JsonColumn>;
  total: number;
  done: Generated<number>;
  created_at: Temporal.Instant;
  decided_by_id: string | null;
  decided_by: string;
  finished_at: Temporal.Instant | null;
  /** Where it was decided from; null once it is done. */
  ip: string | null;
  request_id: string | null;
}

export interface DesiredSecretsTable {
  tenant_id: string;
  router_id: string;
  ppp_name: string;
  subscription_id: string;
  profile: string | null;
  is_disabled: boolean;
  generation: bigint;
  authorisation_id: string | null;
  removed_at: Temporal.Instant | null;
  ppp_service: Generated<"pppoe" | "l2tp" | "pptp" | "sstp" | "ovpn" | "async">;
}

export interface DisableAuthorisationsTable {
  tenant_id: string;
  id: string;
  router_id: string;
  generation: bigint;
  kind: "run" | "manual" | "import";
  run_id: string | null;
  approved_by: string;
  names: string[];
  created_at: Temporal.Instant;
}

export interface DisputesTable {
  tenant_id: string;
  id: string;
  bill_id: string;
  /** Of the bill; its total where the whole bill is disputed. */
  amount_centavos: bigint;
  reason: string;
  opened_on: Temporal.PlainDate;
  opened_at: Temporal.Instant;
  opened_by: string;
  /** Last day of the clock. Nothing happens by itself after it. */
  decide_by_on: Temporal.PlainDate;
  /** Null while it is open; it is over, too, when its bill is void. */
  decision: "upheld" | "rejected" | "withdrawn" | null;
  note: string | null;
  decided_on: Temporal.PlainDate | null;
  decided_at: Temporal.Instant | null;
  decided_by: string | null;
}

export interface EnrolmentCodesTable {
  tenant_id: string;
  id: string;
  code_id: string;
  secret_hash: Uint8Array;
  site_id: string;
  created_by: string | null;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  used_at: Temporal.Instant | null;
  voided_at: Temporal.Instant | null;
  wrong_tries: Generated<number>;
}

export interface ErasuresTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  account_number: string;
  state: "asked" | "done" | "withdrawn";
  reason: string | null;
  asked_at: Temporal.Instant;
  asked_by: string;
  erased_at: Temporal.Instant | null;
  entries: number | null;
  /** SHA-256 over what was erased in the audit log. */
  digest: Uint8Array | null;
  public_key: Uint8Array | null;
  signature: Uint8Array | null;
  /** From when on it goes on by itself; taken back only while nothing is erased. */
  started_at: Temporal.Instant | null;
  started_by: string | null;
  started_by_id: string | null;
  /** SHA-256 of what is searched for: another search begins anew. Empty once it is done. */
  words_print: string | null;
  /** Number of the last entry of the audit log that was looked at. */
  entries_looked: Generated<bigint>;
  /** Entries of others that name them. Empty once it is done. */
  entries_found: Generated<string[]>;
  log_looked_at: Temporal.Instant | null;
  log_looked_id: string | null;
  /** Lines of the system log that were looked at. */
  log_looked: Generated<bigint>;
  /** Of whoever began it, for its entry in the audit log. Empty once it is done. */
  started_ip: string | null;
  started_request_id: string | null;
  /** Oldest transaction whose lines of the system log this pass looks at; null: all. */
  log_from: bigint | null;
  /** The same of the next pass. */
  log_next: bigint | null;
  /** Lines of the system log that words were taken out of: with one it is not taken back. */
  log_changed: Generated<bigint>;
}

export interface FirstPurchasesTable {
  tenant_id: string;
  /** Made with the form: sent twice, it is one purchase. */
  id: string;
  subscription_id: string;
  plan_id: string;
  unit: "days" | "months";
  count: number;
  quantity: number;
  /** Of one unit, as it was agreed: it holds until the days begin. */
  price_centavos: bigint;
  made_at: Temporal.Instant;
  made_by: string;
}

export interface GivenBackPeriodsTable {
  tenant_id: string;
  subscription_id: string;
  bill_id: string;
  period_start: Temporal.PlainDate;
  /** As the line of the bill has it. */
  period_end: Temporal.PlainDate;
  given_back_at: Temporal.Instant;
}

export interface HoldsTable {
  tenant_id: string;
  id: string;
  subscription_id: string;
  until_on: Temporal.PlainDate;
  reason: string;
  created_by: string;
  created_at: Temporal.Instant;
  ended_at: Temporal.Instant | null;
}

export interface ImportBatchesTable {
  tenant_id: string;
  id: string;
  router_id: string;
  status: "reading" | "review" | "running" | "done" | "failed" | "undone";
  command_id: string | null;
  first_bill_on: Temporal.PlainDate | null;
  settings: Generated<JsonColumn>;
  total: Generated<number>;
  done: Generated<number>;
  created_count: Generated<number>;
  skipped_count: Generated<number>;
  error_message: string | null;
  created_by: string;
  created_at: Temporal.Instant;
  finished_at: Temporal.Instant | null;
  undone_at: Temporal.Instant | null;
}

export interface ImportRowsTable {
  tenant_id: string;
  batch_id: string;
  ppp_name: string;
  profile: string;
  is_disabled: boolean;
  comment: string | null;
  caller_id: string | null;
  name: string | null;
  phone: string | null;
  decision: "import" | "skip";
  issue: string | null;
  outcome: "created" | "skipped" | "failed" | null;
  outcome_message: string | null;
  subscriber_id: string | null;
  subscription_id: string | null;
  words_folded: GeneratedAlways<string>;
  name_sort: GeneratedAlways<string>;
  service: string | null;
  /** Last day that was bought in the system before; null: it gets bills. */
  prepaid_until_on: Temporal.PlainDate | null;
  prepaid_unit: "days" | "months" | null;
  prepaid_count: number | null;
  account_key: string;
}

export interface InstallationSecurityEventsTable {
  id: string;
  kind:
    | "sign_in_ok"
    | "sign_in_failed"
    | "sign_in_locked"
    | "signed_out"
    | "session_ended"
    | "refused"
    | "link_mailed"
    | "new_device"
    | "confirmed"
    | "confirm_failed";
  reason: string;
  account: string;
  network: string;
  place: string;
  staff_user_id: string | null;
  ip: string;
  request_id: string;
  times: number;
  period_starts_at: Temporal.Instant;
  first_at: Temporal.Instant;
  last_at: Temporal.Instant;
}

export interface LateFeesTable {
  tenant_id: string;
  fee_bill_id: string;
  bill_id: string;
  /** What was unpaid of the bill, without fees. */
  principal_centavos: bigint;
  /** As it is priced, without a tax that comes on top. */
  amount_centavos: bigint;
  charged_on: Temporal.PlainDate;
  ended_at: Temporal.Instant | null;
  ended_why: "in_time" | "bill_void" | null;
}

export interface LedgerAccountsTable {
  code: string;
  /** True: each entry names its subscriber. False: none does. */
  is_by_subscriber: boolean;
}

export interface LedgerEntriesTable {
  tenant_id: string;
  transaction_id: string;
  line_no: number;
  account: string;
  subscriber_id: string | null;
  amount_centavos: bigint;
  is_by_subscriber: GeneratedAlways<boolean>;
}

export interface LedgerTransactionsTable {
  tenant_id: string;
  id: string;
  kind:
    | "bill_issued"
    | "bill_voided"
    | "payment_posted"
    | "credit_applied"
    | "credit_released"
    | "payment_reversed"
    | "memo_issued"
    | "memo_voided"
    | "refund_granted"
    | "refund_paid"
    | "refund_reversed"
    | "opening_posted"
    | "opening_taken_back";
  business_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  bill_id: string | null;
  source_id: string | null;
  description: string;
  actor: string;
  refund_id: string | null;
  /** Order in which the books of a subscriber were written, whatever the clock said; 0: by its time, before all others. */
  book_place: Generated<bigint>;
}

export interface MailBatchesTable {
  tenant_id: string;
  id: string;
  bill_ids: string[];
  total: number;
  /** Bills of the list that were looked at, in its order. */
  done: Generated<number>;
  /** Of these, how many are mailed. */
  queued: Generated<number>;
  created_at: Temporal.Instant;
  created_on: Temporal.PlainDate;
  created_by: string;
  finished_at: Temporal.Instant | null;
  occasion: Generated<"reminder" | "bill_issued">;
  /** Also bills that were mailed before. */
  is_again: Generated<boolean>;
  /** Messages of bills that it has queued; those of reminders are known by their key. */
  mail_ids: Generated<string[]>;
}

export interface MailConsentsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  wanted: "all" | "no_reminders" | "none";
  source: "staff" | "link";
  said_at: Temporal.Instant;
  said_by: string;
}

export interface MailHandoversTable {
  tenant_id: string;
  message_id: string;
  at: Temporal.Instant;
}

export interface MailMessagesTable {
  tenant_id: string;
  id: string;
  occasion:
    | "bill_issued"
    | "payment_received"
    | "reminder"
    | "cut_notice"
    | "cut"
    | "restored"
    | "hold_granted"
    | "credit_given"
    | "staff_invited"
    | "password_reset"
    | "new_device"
    | "approval_asked"
    | "approval_decided"
    | "account_changed";
  channel: Generated<"email">;
  /** The occasion, e.g. bill_issued:<bill>; a second one is not written. */
  dedupe_key: string;
  /** 1 goes first: who paid does not wait behind a bill run. */
  priority: number;
  subscriber_id: string | null;
  bill_id: string | null;
  payment_id: string | null;
  memo_id: string | null;
  subscription_id: string | null;
  /** What is known only at the occasion; parsed in domain/mail. */
  facts: Generated<JsonColumn>;
  state: "queued" | "sent" | "failed" | "refused" | "skipped";
  /** Code of why it is skipped, refused or failed; parsed in domain/mail. */
  reason: string | null;
  /** Where it went, or was to go. */
  address: string | null;
  subject: string | null;
  message_id: string | null;
  attachment_sha256: string | null;
  server_words: string | null;
  attempts: Generated<number>;
  /** Business time before which it waits: quiet hours. */
  business_after_at: Temporal.Instant | null;
  /** Real time. */
  next_attempt_at: Temporal.Instant;
  /** Last moment of its retries, from its first try on. */
  expires_at: Temporal.Instant | null;
  /** The whole message was being handed over; empty again once it was answered. */
  data_begun_at: Temporal.Instant | null;
  is_perhaps_double: Generated<boolean>;
  created_at: Temporal.Instant;
  /** Business date. */
  created_on: Temporal.PlainDate;
  created_by: string;
  sent_at: Temporal.Instant | null;
  /** When it was queued again after it was skipped; null: when it was made. */
  queued_at: Temporal.Instant | null;
  /** The last entry of the audit trail when it was sent. */
  sent_after_audit: bigint | null;
  /** Who of the staff it is to; null: a subscriber, or somebody who is none yet. */
  staff_user_id: string | null;
  /** Of whom it is to, where that is no subscriber. */
  to_name: string | null;
  /** Path of its button, where that opens a door; empty once it is sent or given up. */
  path_sealed: string | null;
}

export interface MailRefusalsTable {
  tenant_id: string;
  address_lower: string;
  kind: "hard" | "soft";
  source: "server" | "report";
  status: string | null;
  words: string;
  message_id: string | null;
  refused_at: Temporal.Instant;
}

export interface MailSendersTable {
  tenant_id: string;
  /** Code of what stops the whole queue of the tenant; null: nothing. */
  problem: string | null;
  problem_words: string | null;
  problem_at: Temporal.Instant | null;
  /** Tries since the problem began. */
  tries: Generated<number>;
  not_before_at: Temporal.Instant | null;
  leased_by: string | null;
  leased_until: Temporal.Instant | null;
  last_sent_at: Temporal.Instant | null;
}

export interface MailServersTable {
  tenant_id: string;
  preset: "gmail" | "microsoft365" | "zoho" | "brevo" | "ses" | "own";
  host: string;
  port: number;
  encryption: "starttls" | "tls" | "none";
  auth: "none" | "password" | "oauth2";
  username: string | null;
  password_sealed: string | null;
  oauth_client_id: string | null;
  oauth_client_secret_sealed: string | null;
  oauth_refresh_token_sealed: string | null;
  oauth_token_url: string | null;
  from_name: string;
  from_address: string;
  reply_to: string | null;
  /** Messages in any 60 minutes; null: as many as it takes. */
  hourly_max: number | null;
  daily_max: number | null;
  revision: number;
  saved_at: Temporal.Instant;
  saved_by: string;
}

export interface MailTextsTable {
  tenant_id: string;
  occasion:
    | "bill_issued"
    | "payment_received"
    | "reminder"
    | "cut_notice"
    | "cut"
    | "restored"
    | "hold_granted"
    | "credit_given";
  language: "en" | "fil";
  subject: string;
  body: string;
  revision: number;
  saved_at: Temporal.Instant;
  saved_by: string;
}

export interface ModeChangesTable {
  tenant_id: string;
  id: string;
  subscription_id: string;
  to_mode: "postpaid" | "prepaid";
  effective_on: Temporal.PlainDate;
  unused: "coverage" | "credit";
  state: "planned" | "made" | "cancelled";
  asked_at: Temporal.Instant;
  asked_by: string;
}

export interface NumberSeriesTable {
  tenant_id: string;
  series: string;
  prefix: string;
  pad: number;
  next_value: Generated<bigint>;
}

export interface ObservedSecretsTable {
  tenant_id: string;
  router_id: string;
  ppp_name: string;
  is_present: boolean;
  is_disabled: boolean | null;
  profile: string | null;
  is_online: Generated<boolean>;
  address: string | null;
  caller_id: string | null;
  uptime_seconds: bigint | null;
  drift:
    | "missing"
    | "enabled_by_hand"
    | "disabled_by_hand"
    | "profile"
    | "held"
    | "waiting_permit"
    | "failed"
    | "profile_missing"
    | null;
  observed_at: Temporal.Instant;
  caller_id_lower: GeneratedAlways<string | null>;
  ppp_service: Generated<"pppoe" | "l2tp" | "pptp" | "sstp" | "ovpn" | "async">;
}

export interface OutageConnectionsTable {
  tenant_id: string;
  outage_id: string;
  subscription_id: string;
}

export interface OutageCreditsTable {
  tenant_id: string;
  subscription_id: string;
  period_start: Temporal.PlainDate;
  /** One more when minutes came to light after the one before. */
  part: number;
  bill_id: string;
  memo_id: string;
  /** Of the period in all, when this part was given. */
  minutes: number;
  amount_centavos: bigint;
}

export interface OutageReviewsTable {
  tenant_id: string;
  business_on: Temporal.PlainDate;
  connections: number;
  amount_centavos: bigint;
}

export interface OutagesTable {
  tenant_id: string;
  id: string;
  from_at: Temporal.Instant;
  /** Null while it lasts. */
  to_at: Temporal.Instant | null;
  cause: string;
  /** Only a fault is credited; the time of the others counts for no fault beside them either. */
  kind: "fault" | "scheduled" | "force_majeure";
  scope: "company" | "site" | "router" | "chosen";
  site_id: string | null;
  router_id: string | null;
  connections: number;
  recorded_at: Temporal.Instant;
  recorded_by: string;
  taken_back_at: Temporal.Instant | null;
  taken_back_by: string | null;
  take_back_reason: string | null;
  /** When its present beginning was said, where that was before it; null: recorded afterwards. */
  announced_at: Temporal.Instant | null;
}

export interface ParkedBillsTable {
  tenant_id: string;
  subscription_id: string;
  run_id: string;
  reason: string;
  /** When it was parked first; the reason is that of the last run. */
  parked_at: Temporal.Instant;
}

export interface PasswordResetsTable {
  tenant_id: string;
  id: string;
  code_hash: Uint8Array;
  staff_user_id: string;
  made_by: string | null;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  used_at: Temporal.Instant | null;
  /** Asked for at the sign-in page, and mailed: it opens nothing for who is with another company too. */
  is_asked: Generated<boolean>;
}

export interface PayerChangesTable {
  tenant_id: string;
  /** Made with the form: sent twice, it is one change. */
  id: string;
  subscription_id: string;
  from_subscriber_id: string;
  to_subscriber_id: string;
  effective_on: Temporal.PlainDate;
  /** First day that is billed to the new payer: behind what the old one has paid for and keeps. */
  charged_from: Temporal.PlainDate;
  /** Days billed in advance to the old payer: they stay paid, or become his credit. */
  unused: "keep" | "credit";
  state: "planned" | "made" | "cancelled" | "undone";
  /** When suspended days of what was kept were given back to the old payer; null: not yet, or nothing was kept. */
  given_back_on: Temporal.PlainDate | null;
  asked_at: Temporal.Instant;
  asked_by: string;
  made_at: Temporal.Instant | null;
}

export interface PaymentsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  number: string;
  method: "cash" | "gcash" | "maya" | "bank" | "check" | "other" | "withholding_2307";
  amount_centavos: bigint;
  tendered_centavos: bigint | null;
  received_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  recorded_on: Temporal.PlainDate;
  recorded_by: string;
  staff_user_id: string | null;
  reference: string | null;
  note: string | null;
  status: "posted" | "reversed";
  reversed_at: Temporal.Instant | null;
  reverse_reason: string | null;
  idempotency_key: string;
  request_hash: string;
  reference_folded: GeneratedAlways<string | null>;
  /** Another payment of its method had this reference already, and a person said that this is another payment. */
  is_reference_shared: Generated<boolean>;
}

export interface PlanPrepaidUnitsTable {
  tenant_id: string;
  plan_id: string;
  unit: "days" | "months";
  count: number;
  /** Null: worked out from the price of the plan. */
  price_centavos: bigint | null;
}

export interface PlanPricesTable {
  tenant_id: string;
  plan_id: string;
  id: string;
  agreed_on: Temporal.PlainDate;
  from_on: Temporal.PlainDate | null;
  price_centavos: bigint;
  agreed_at: Temporal.Instant;
  agreed_by: string;
  taken_back_at: Temporal.Instant | null;
  taken_back_by: string | null;
}

export interface PlansTable {
  tenant_id: string;
  id: string;
  name: string;
  price_centavos: bigint;
  ppp_profile: string | null;
  speed: string | null;
  archived_at: Temporal.Instant | null;
  created_at: Generated<Temporal.Instant>;
  name_folded: GeneratedAlways<string>;
  name_sort: GeneratedAlways<string>;
  /** Null: as the level above says. */
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: "prorate" | "full" | "free" | "stub_plus_full" | null;
  /** Null: as the level above says. */
  own_late_fee_kind: "none" | "flat" | "percent" | null;
  own_late_fee_centavos: bigint | null;
  own_late_fee_bp: number | null;
  own_late_after_days: number | null;
  own_reconnection_fee_centavos: bigint | null;
  own_suspended_policy: "charge" | "skip" | null;
  /** Day on which its own word, or having none, began: what was charged before stays charged. */
  own_suspended_policy_on: Temporal.PlainDate | null;
  own_stop_after_unpaid_bills: number | null;
}

export interface PppProfilesTable {
  tenant_id: string;
  router_id: string;
  name: string;
  rate_limit: string | null;
  read_at: Temporal.Instant;
}

export interface PrepaidPurchasesTable {
  tenant_id: string;
  /** Made with the form: sent twice, it is one purchase. */
  id: string;
  subscription_id: string;
  bill_id: string;
  unit: "days" | "months";
  count: number;
  quantity: number;
  price_centavos: bigint;
  from_on: Temporal.PlainDate;
  until_on: Temporal.PlainDate;
  is_renewal: boolean;
  made_at: Temporal.Instant;
  made_by: string;
}

export interface RateLimitsTable {
  key: string;
  hits: number;
  window_ends_at: Temporal.Instant;
}

export interface ReconnectionFeesTable {
  tenant_id: string;
  /** Of the cut: each costs once. */
  id: string;
  subscription_id: string;
  cut_on: Temporal.PlainDate;
  back_on: Temporal.PlainDate;
  amount_centavos: bigint;
  /** The bill that asks for it; null while it waits for the next one. */
  bill_id: string | null;
  given_back_at: Temporal.Instant | null;
}

export interface RecordOpeningsTable {
  tenant_id: string;
  subscriber_id: string;
  staff_user_id: string;
  slot: bigint;
  session_id: string;
  opened_at: Temporal.Instant;
}

export interface RefundSharesTable {
  tenant_id: string;
  refund_id: string;
  source_id: string;
  amount_centavos: bigint;
}

export interface RefundsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  number: string;
  method: "cash" | "gcash" | "maya" | "bank" | "check" | "other";
  reference: string | null;
  amount_centavos: bigint;
  reason: string;
  paid_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  recorded_by: string;
  staff_user_id: string | null;
  idempotency_key: string;
  request_hash: string;
  reversed_at: Temporal.Instant | null;
  reverse_reason: string | null;
}

export interface ReminderSettingsTable {
  tenant_id: string;
  /** 3: three days before it; 0: on the due date. */
  before_due_days: number[];
  before_cut_days: number[];
  /** Occasions of which nobody is told. */
  silent_occasions: string[];
  quiet_from: string | null;
  quiet_until: string | null;
  cut_needs_notice: boolean;
  /** What becomes of a cut whose notice no mail can bring. */
  unreachable: "hold" | "go_on";
  revision: number;
  saved_at: Temporal.Instant;
  saved_by: string;
}

export interface RoleLimitsTable {
  tenant_id: string;
  role_id: string;
  kind:
    | "discount_centavos"
    | "credit_centavos"
    | "void_centavos"
    | "reverse_centavos"
    | "refund_centavos"
    | "backdating_days"
    | "hold_days";
  most: bigint;
}

export interface RolePermissionsTable {
  tenant_id: string;
  role_id: string;
  permission: string;
}

export interface RoleSitesTable {
  tenant_id: string;
  role_id: string;
  site_id: string;
}

export interface RolesTable {
  tenant_id: string;
  id: string;
  name: string;
  is_builtin: Generated<boolean>;
  is_limited_to_sites: Generated<boolean>;
  requires_second_factor: Generated<boolean>;
}

export interface RouterHandChangesTable {
  tenant_id: string;
  router_id: string;
  id: string;
  subscription_id: string;
  ppp_name: string;
  ppp_service: "pppoe" | "l2tp" | "pptp" | "sstp" | "ovpn" | "async";
  kind: "disabled" | "enabled" | "profile" | "deleted" | "renamed" | "service";
  before: string | null;
  after: string | null;
  said: string | null;
  found_at: Temporal.Instant;
  found_on: Temporal.PlainDate;
  told_at: Temporal.Instant;
}

export interface RouterStatesTable {
  tenant_id: string;
  router_id: string;
  lineage: string;
  generation: Generated<bigint>;
  hash: string;
  changed_at: Temporal.Instant;
  stored_generation: Generated<bigint>;
  applied_generation: Generated<bigint>;
  observed_at: Temporal.Instant | null;
  took_ms: number | null;
  drift_count: Generated<number>;
  held_count: Generated<number>;
}

export interface RoutersTable {
  tenant_id: string;
  id: string;
  site_id: string;
  name: string;
  host: string;
  port: number;
  username: string;
  sealed_credentials: string;
  sealed_to_agent_id: string;
  settings_version: Generated<bigint>;
  identity: string | null;
  version: string | null;
  board_name: string | null;
  serial_number: string | null;
  software_id: string | null;
  status: Generated<
    "unknown" | "online" | "unreachable" | "wrong_password" | "wrong_router" | "unsupported" | "error"
  >;
  status_message: string | null;
  status_at: Temporal.Instant | null;
  created_at: Generated<Temporal.Instant>;
  archived_at: Temporal.Instant | null;
  answered_at: Temporal.Instant | null;
  refused_at: Temporal.Instant | null;
  refused_code: "unknown_names" | "out_of_bounds" | "bad_parts" | null;
  refused_about: string | null;
  refused_count: number | null;
  refused_detail: string | null;
  name_folded: GeneratedAlways<string>;
  name_sort: GeneratedAlways<string>;
  words_folded: GeneratedAlways<string>;
  remarks: Generated<JsonColumn>;
  question: JsonColumn | null;
}

export interface RunRowsTable {
  tenant_id: string;
  run_id: string;
  subscription_id: string;
  position: number;
  outcome:
    | "listed"
    | "cut"
    | "paid"
    | "held"
    | "excluded"
    | "exempt"
    | "not_due"
    | "below_minimum"
    | "already_cut"
    | "billed"
    | "failed"
    | "disputed"
    | "no_notice";
  balance_centavos: bigint;
  cut_on: Temporal.PlainDate | null;
  reason: string;
  decided_at: Temporal.Instant | null;
}

export interface RunsTable {
  tenant_id: string;
  id: string;
  kind: "bill" | "cut";
  business_on: Temporal.PlainDate;
  trigger: "scheduled" | "manual";
  /** `taken_back`: it ran on a day that had not come, and does not count for its day. */
  status: "planned" | "awaiting_approval" | "approved" | "running" | "done" | "failed" | "taken_back";
  brake_reason: string | null;
  approved_by: string | null;
  approved_at: Temporal.Instant | null;
  requested_by: string;
  created_at: Temporal.Instant;
  started_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  total: Generated<number>;
  changed: Generated<number>;
  skipped: Generated<number>;
  failed: Generated<number>;
  amount_centavos: Generated<bigint>;
  error_message: string | null;
}

export interface SavedViewsTable {
  tenant_id: string;
  id: string;
  staff_user_id: string;
  /** Which list: `subscribers`, `bills`, … */
  list: string;
  name: string;
  /** The filters, as the query of the list's address. */
  query: string;
  created_at: Temporal.Instant;
}

export interface SecurityEventsTable {
  tenant_id: string;
  id: string;
  kind:
    | "sign_in_ok"
    | "sign_in_failed"
    | "sign_in_locked"
    | "signed_out"
    | "session_ended"
    | "refused"
    | "link_mailed"
    | "new_device"
    | "confirmed"
    | "confirm_failed";
  reason: string;
  account: string;
  network: string;
  place: string;
  staff_user_id: string | null;
  ip: string;
  request_id: string;
  times: number;
  period_starts_at: Temporal.Instant;
  first_at: Temporal.Instant;
  last_at: Temporal.Instant;
}

export interface ServiceEndsTable {
  tenant_id: string;
  id: string;
  subscription_id: string;
  /** Last day of service, inclusive. */
  last_on: Temporal.PlainDate;
  unused: "credit" | "no_credit";
  state: "asked" | "planned" | "made" | "cancelled" | "refused";
  /** Why, where it waits or waited for an approval. */
  reason: string | null;
  asked_at: Temporal.Instant;
  asked_by: string;
  decided_at: Temporal.Instant | null;
  /** Who approved, refused or cancelled it. */
  decided_by: string | null;
  note: string | null;
  made_at: Temporal.Instant | null;
  /** Why they leave, chosen from a list. */
  why: "moved" | "price" | "quality" | "other_provider" | "not_paid" | "closed" | "died" | "other" | null;
}

export interface SessionsTable {
  tenant_id: string;
  id: string;
  token_hash: Uint8Array;
  staff_user_id: string;
  created_at: Temporal.Instant;
  last_seen_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  ended_at: Temporal.Instant | null;
  ip: string | null;
  user_agent: string | null;
  sees_as_role: string | null;
  second_factor_at: Temporal.Instant | null;
  confirmed_at: Temporal.Instant | null;
  confirm_failures: Generated<number>;
  sees_as_person: string | null;
}

export interface SetupCodesTable {
  id: string;
  code_hash: Uint8Array;
  created_at: Generated<Temporal.Instant>;
  used_at: Temporal.Instant | null;
}

export interface SignInStepsTable {
  holder_hash: Uint8Array;
  purpose: "second" | "passkey" | "register" | "confirm";
  staff_user_id: string | null;
  workplace_id: string | null;
  password_digest: Uint8Array | null;
  next_path: string | null;
  carried_form: string | null;
  challenge: string | null;
  challenge_expires_at: Temporal.Instant | null;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
}

export interface SitesTable {
  tenant_id: string;
  id: string;
  name: string;
  created_at: Generated<Temporal.Instant>;
  name_folded: GeneratedAlways<string>;
  name_sort: GeneratedAlways<string>;
  /** When it was removed: it is on no list any more, and nothing is added to it. */
  archived_at: Temporal.Instant | null;
}

export interface StaffInviteRolesTable {
  tenant_id: string;
  invite_id: string;
  role_id: string;
}

export interface StaffInvitesTable {
  tenant_id: string;
  id: string;
  code_hash: Uint8Array;
  email: string;
  name: string;
  invited_by: string;
  invited_by_name: string;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  accepted_at: Temporal.Instant | null;
  accepted_by: string | null;
  withdrawn_at: Temporal.Instant | null;
}

export interface StaffMembershipsTable {
  tenant_id: string;
  staff_user_id: string;
  created_at: Generated<Temporal.Instant>;
  state: Generated<"active" | "disabled" | "left">;
  state_at: Temporal.Instant | null;
}

export interface StaffPasskeysTable {
  id: string;
  staff_user_id: string;
  credential_id: string;
  public_key: Uint8Array;
  counter: bigint;
  transports: Generated<string[]>;
  rp_id: string;
  name: string;
  created_at: Temporal.Instant;
  last_used_at: Temporal.Instant | null;
}

export interface StaffPreferencesTable {
  tenant_id: string;
  staff_user_id: string;
  name: string;
  value: JsonColumn;
  changed_at: Temporal.Instant;
}

export interface StaffRecoveryCodesTable {
  staff_user_id: string;
  code_hash: Uint8Array;
  created_at: Temporal.Instant;
  used_at: Temporal.Instant | null;
}

export interface StaffRolesTable {
  tenant_id: string;
  staff_user_id: string;
  role_id: string;
}

export interface StaffTotpTable {
  staff_user_id: string;
  sealed_in: string;
  secret_sealed: string;
  created_at: Temporal.Instant;
  confirmed_at: Temporal.Instant | null;
  last_step: Generated<bigint>;
  last_used_at: Temporal.Instant | null;
}

export interface StaffUsersTable {
  id: string;
  email: string;
  email_lower: GeneratedAlways<string>;
  name: string;
  password_hash: string;
  is_disabled: Generated<boolean>;
  created_at: Generated<Temporal.Instant>;
  password_changed_at: Temporal.Instant | null;
}

export interface SubscriberConsentsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  state: "given" | "refused" | "withdrawn";
  way: "paper" | "in_person" | "phone" | "message";
  version: number;
  said_on: Temporal.PlainDate;
  noted_at: Temporal.Instant;
  noted_by: string;
}

export interface SubscribersTable {
  tenant_id: string;
  id: string;
  account_number: string;
  name: string;
  phone: string | null;
  email: string | null;
  address: string | null;
  notes: string | null;
  import_batch_id: string | null;
  created_at: Generated<Temporal.Instant>;
  account_lower: GeneratedAlways<string>;
  phone_digits: GeneratedAlways<string | null>;
  barangay: string | null;
  city: string | null;
  name_folded: GeneratedAlways<string>;
  address_folded: GeneratedAlways<string | null>;
  words_folded: GeneratedAlways<string>;
  name_sort: GeneratedAlways<string>;
  /** Withholds tax from what is billed, in basis points; null: does not. */
  withholding_rate_bp: number | null;
  /** Of what is sent to them; null: the company's. */
  language: "en" | "fil" | null;
  mail_wanted: Generated<"all" | "no_reminders" | "none">;
  /** Who it was is erased; the account and its books stay. */
  erased_at: Temporal.Instant | null;
  /** To be written to about more than the contract: what they said last. */
  consent: Generated<"unknown" | "given" | "refused" | "withdrawn">;
}

export interface SubscriptionPricesTable {
  tenant_id: string;
  subscription_id: string;
  id: string;
  kind: "price" | "amount_off" | "percent_off";
  amount_centavos: bigint;
  basis_points: number;
  from_on: Temporal.PlainDate;
  /** Null: no end, or after so many periods. */
  last_on: Temporal.PlainDate | null;
  periods: number | null;
  /** A person named the days. Otherwise a period costs what counts on its first day. */
  is_by_day: boolean;
  /** The plan that it ends with; null: it outlives a change of plan. */
  only_plan_id: string | null;
  reason: string;
  agreed_on: Temporal.PlainDate;
  agreed_at: Temporal.Instant;
  agreed_by: string;
  taken_back_at: Temporal.Instant | null;
  taken_back_by: string | null;
}

export interface SubscriptionsTable {
  tenant_id: string;
  id: string;
  subscriber_id: string;
  plan_id: string;
  router_id: string;
  ppp_name: string;
  ppp_name_lower: GeneratedAlways<string>;
  billing_mode: Generated<"postpaid" | "prepaid">;
  status: "pending" | "active" | "disconnected" | "cancelled";
  anchor_day: number | null;
  activated_on: Temporal.PlainDate | null;
  billed_through_on: Temporal.PlainDate | null;
  next_bill_on: Temporal.PlainDate | null;
  is_exempt: Generated<boolean>;
  import_batch_id: string | null;
  created_at: Generated<Temporal.Instant>;
  bill_timing: Generated<"arrears" | "advance">;
  next_plan_id: string | null;
  /** First day of the cycle from which the next plan counts. */
  next_plan_on: Temporal.PlainDate | null;
  /** First day that is not billed because too many bills are unpaid: for termination. */
  stopped_from_on: Temporal.PlainDate | null;
  /** Who made the PPP secret. `wanted`: it is not on the router yet, and no desired state names it. */
  secret: Generated<"found" | "wanted" | "made">;
  /** The last command that makes the secret or gives it a new password. */
  secret_command_id: string | null;
  /** What ends Pending install: a day, the first session, or a person. */
  activation: Generated<"day" | "first_session" | "by_hand">;
  activate_on: Temporal.PlainDate | null;
  ppp_name_folded: GeneratedAlways<string>;
  stopped_at: Temporal.Instant | null;
  renews_itself: Generated<boolean>;
  /** What it bought last, or shall buy first. */
  prepaid_unit: "days" | "months" | null;
  prepaid_count: number | null;
  /** Null: as the level above says. */
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: "prorate" | "full" | "free" | "stub_plus_full" | null;
  /** First day on which leaving costs nothing. */
  lock_in_until: Temporal.PlainDate | null;
  lock_in_fee_kind: "flat" | "per_month" | null;
  lock_in_fee_centavos: bigint | null;
  /** Last day of service. */
  ended_on: Temporal.PlainDate | null;
  /** Null: as the level above says. */
  own_late_fee_kind: "none" | "flat" | "percent" | null;
  own_late_fee_centavos: bigint | null;
  own_late_fee_bp: number | null;
  own_late_after_days: number | null;
  own_reconnection_fee_centavos: bigint | null;
  own_suspended_policy: "charge" | "skip" | null;
  /** Day on which its own word, or having none, began: what was charged before stays charged. */
  own_suspended_policy_on: Temporal.PlainDate | null;
  own_stop_after_unpaid_bills: number | null;
  ppp_service: Generated<"pppoe" | "l2tp" | "pptp" | "sstp" | "ovpn" | "async">;
}

export interface SystemLogTable {
  tenant_id: string;
  id: string;
  at: Temporal.Instant;
  level: "info" | "warn" | "error";
  event: string;
  message: string;
  fields: Generated<JsonColumn>;
  source: Generated<"mail" | "jobs" | "agents" | "routers" | "sign_ins" | "pages" | "gateway">;
  subscriber_id: string | null;
  bill_id: string | null;
  /** Id of the request, run, message or agent that it happened in. */
  reference: string | null;
  /** What repeats within an hour is one line with a count. */
  times: Generated<number>;
}

export interface TenantKeysTable {
  tenant_id: string;
  /** Key of the installation that it is wrapped with. */
  kek_id: string;
  wrapped_key: string;
  created_at: Generated<Temporal.Instant>;
  rewrapped_at: Temporal.Instant | null;
}

export interface TenantLogosTable {
  tenant_id: string;
  type: "png" | "jpeg";
  bytes: Uint8Array;
  changed_at: Temporal.Instant;
  /** As it goes with statements and mails; null: as it is. */
  small_bytes: Uint8Array | null;
}

export interface TenantsTable {
  id: string;
  slug: string;
  name: string;
  time_zone: Generated<string>;
  business_offset_seconds: Generated<bigint>;
  cycle_day: Generated<number>;
  terms_days: Generated<number>;
  grace_days: Generated<number>;
  min_notice_days: Generated<number>;
  first_bill: Generated<"prorate" | "full" | "free" | "stub_plus_full" | "merge_stub_lt">;
  merge_stub_lt_days: Generated<number>;
  proration: Generated<"actual" | "days30">;
  cut_time: Generated<string>;
  blackout_weekdays: Generated<number[]>;
  blackout_dates: Generated<Temporal.PlainDate[]>;
  min_balance_centavos: Generated<bigint>;
  brake_percent: Generated<number>;
  brake_multiple: Generated<number>;
  created_at: Generated<Temporal.Instant>;
  cycle_anchor: Generated<"fixed" | "anniversary">;
  bill_timing: Generated<"arrears" | "advance">;
  /** Days before the period that an advance bill is made. */
  lead_days: Generated<number>;
  suspended_policy: Generated<"charge" | "skip">;
  /** First day of that policy: what was charged before stays charged. Null: it was never changed. */
  suspended_policy_on: Temporal.PlainDate | null;
  /** 0 = bills never stop. */
  stop_after_unpaid_bills: Generated<number>;
  phone: string | null;
  email: string | null;
  address: string | null;
  /** `#rrggbb`, lower case. */
  brand_colour: string | null;
  /** Section to who saved it last, when, and how often; parsed in settings.ts. */
  settings_saves: Generated<JsonColumn>;
  /** Step of the first set-up to what became of it; parsed in setup_progress.ts. */
  setup_progress: Generated<JsonColumn>;
  checklist_dismissed_at: Temporal.Instant | null;
  bill_approval: Generated<"off" | "unusual" | "always">;
  bill_approval_over: Generated<number>;
  prepaid_lapse: Generated<"restart" | "backdate">;
  dispute_days: Generated<number>;
  /** Days to pay that a statement issued late has at least; 0: no more than min_notice_days. */
  late_terms_days: Generated<number>;
  late_fee_kind: Generated<"none" | "flat" | "percent">;
  late_fee_centavos: Generated<bigint>;
  late_fee_bp: Generated<number>;
  late_after_days: Generated<number>;
  reconnection_fee_centavos: Generated<bigint>;
  tax_mode: Generated<"non_vat" | "vat_inclusive" | "vat_exclusive">;
  /** Basis points. */
  vat_rate_bp: Generated<number>;
  /** First day of tax_mode; until then tax_mode_before. Null: always. */
  tax_from_on: Temporal.PlainDate | null;
  tax_mode_before: Generated<"non_vat" | "vat_inclusive" | "vat_exclusive">;
  vat_rate_bp_before: Generated<number>;
  /** Taxpayer identification number. */
  tin: string | null;
  registered_name: string | null;
  outage_credit: Generated<"automatic" | "ask" | "off">;
  /** Of a period, from which they are credited. */
  outage_threshold_minutes: Generated<number>;
  /** What becomes of days that are billed and not used at the end of a service. */
  end_credit: Generated<"credit" | "no_credit">;
  /** Whether the end of a service waits for somebody who may approve it. */
  end_approval: Generated<"off" | "on">;
  credits_planned_outages: Generated<boolean>;
  subscriber_language: Generated<"en" | "fil">;
  /** In the company's words, printed on statements; lines kept. */
  ways_to_pay: string | null;
  system_log_days: Generated<number>;
  system_log_cleaned_at: Temporal.Instant | null;
  /** For which the books are kept; nothing deletes them. */
  tax_years: Generated<number>;
  /** For which address and subject of a mail are kept. */
  mail_days: Generated<number>;
  opening_days: Generated<number>;
  security_days: Generated<number>;
}

export interface UnwrittenMailsTable {
  tenant_id: string;
  id: string;
  bill_ids: string[];
  created_at: Temporal.Instant;
  /** Business date, as their messages will have it. */
  created_on: Temporal.PlainDate;
  created_by: string;
  /** Each of its messages was tried alone and could not be written; null: they are on their way. */
  failed_at: Temporal.Instant | null;
}

/** Every table, for `Kysely<Database>`. */
export interface Database {
  agent_presence: AgentPresenceTable;
  agents: AgentsTable;
  allocations: AllocationsTable;
  approval_policies: ApprovalPoliciesTable;
  approval_requests: ApprovalRequestsTable;
  approval_secrets: ApprovalSecretsTable;
  approval_settings: ApprovalSettingsTable;
  audit_checks: AuditChecksTable;
  audit_entries: AuditEntriesTable;
  audit_heads: AuditHeadsTable;
  audit_known_breaks: AuditKnownBreaksTable;
  audit_redactions: AuditRedactionsTable;
  bill_lines: BillLinesTable;
  bills: BillsTable;
  block_reasons: BlockReasonsTable;
  book_checks: BookChecksTable;
  charged_periods: ChargedPeriodsTable;
  clock_moves: ClockMovesTable;
  clock_watches: ClockWatchesTable;
  command_parts: CommandPartsTable;
  commands: CommandsTable;
  consent_texts: ConsentTextsTable;
  credit_memos: CreditMemosTable;
  credit_sources: CreditSourcesTable;
  cut_exclusions: CutExclusionsTable;
  decision_batches: DecisionBatchesTable;
  desired_secrets: DesiredSecretsTable;
  disable_authorisations: DisableAuthorisationsTable;
  disputes: DisputesTable;
  enrolment_codes: EnrolmentCodesTable;
  erasures: ErasuresTable;
  first_purchases: FirstPurchasesTable;
  given_back_periods: GivenBackPeriodsTable;
  holds: HoldsTable;
  import_batches: ImportBatchesTable;
  import_rows: ImportRowsTable;
  installation_security_events: InstallationSecurityEventsTable;
  late_fees: LateFeesTable;
  ledger_accounts: LedgerAccountsTable;
  ledger_entries: LedgerEntriesTable;
  ledger_transactions: LedgerTransactionsTable;
  mail_batches: MailBatchesTable;
  mail_consents: MailConsentsTable;
  mail_handovers: MailHandoversTable;
  mail_messages: MailMessagesTable;
  mail_refusals: MailRefusalsTable;
  mail_senders: MailSendersTable;
  mail_servers: MailServersTable;
  mail_texts: MailTextsTable;
  mode_changes: ModeChangesTable;
  number_series: NumberSeriesTable;
  observed_secrets: ObservedSecretsTable;
  outage_connections: OutageConnectionsTable;
  outage_credits: OutageCreditsTable;
  outage_reviews: OutageReviewsTable;
  outages: OutagesTable;
  parked_bills: ParkedBillsTable;
  password_resets: PasswordResetsTable;
  payer_changes: PayerChangesTable;
  payments: PaymentsTable;
  plan_prepaid_units: PlanPrepaidUnitsTable;
  plan_prices: PlanPricesTable;
  plans: PlansTable;
  ppp_profiles: PppProfilesTable;
  prepaid_purchases: PrepaidPurchasesTable;
  rate_limits: RateLimitsTable;
  reconnection_fees: ReconnectionFeesTable;
  record_openings: RecordOpeningsTable;
  refund_shares: RefundSharesTable;
  refunds: RefundsTable;
  reminder_settings: ReminderSettingsTable;
  role_limits: RoleLimitsTable;
  role_permissions: RolePermissionsTable;
  role_sites: RoleSitesTable;
  roles: RolesTable;
  router_hand_changes: RouterHandChangesTable;
  router_states: RouterStatesTable;
  routers: RoutersTable;
  run_rows: RunRowsTable;
  runs: RunsTable;
  saved_views: SavedViewsTable;
  security_events: SecurityEventsTable;
  service_ends: ServiceEndsTable;
  sessions: SessionsTable;
  setup_codes: SetupCodesTable;
  sign_in_steps: SignInStepsTable;
  sites: SitesTable;
  staff_invite_roles: StaffInviteRolesTable;
  staff_invites: StaffInvitesTable;
  staff_memberships: StaffMembershipsTable;
  staff_passkeys: StaffPasskeysTable;
  staff_preferences: StaffPreferencesTable;
  staff_recovery_codes: StaffRecoveryCodesTable;
  staff_roles: StaffRolesTable;
  staff_totp: StaffTotpTable;
  staff_users: StaffUsersTable;
  subscriber_consents: SubscriberConsentsTable;
  subscribers: SubscribersTable;
  subscription_prices: SubscriptionPricesTable;
  subscriptions: SubscriptionsTable;
  system_log: SystemLogTable;
  tenant_keys: TenantKeysTable;
  tenant_logos: TenantLogosTable;
  tenants: TenantsTable;
  unwritten_mails: UnwrittenMailsTable;
}
