/** A sentence to be said in the reader's language: a message key with its values. A list is said piece by piece. */
export interface Sentence<Key extends string> {
  key: Key;
  values?: Readonly<Record<string, string | number | readonly Sentence<Key>[]>>;
}
