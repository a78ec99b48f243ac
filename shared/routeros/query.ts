/**
 * Query words of `print`. They are a stack machine (RPN): each test pushes a truth value, `?#` words combine them.
 * Values need no escaping, because each is a word of its own length.
 */
export interface Query {
  readonly words: readonly string[];
}

function query(words: readonly string[]): Query {
  return { words };
}

/** The property is set and equals `value`. A property that was never set does not equal "". */
export function eq(name: string, value: string | number | boolean): Query {
  return query([`?${name}=${value}`]);
}

/** The property is set. */
export function has(name: string): Query {
  return query([`?${name}`]);
}

/** The property is not set. */
export function notHas(name: string): Query {
  return query([`?-${name}`]);
}

/** The property is set and greater; numbers compare as numbers. */
export function gt(name: string, value: string | number): Query {
  return query([`?>${name}=${value}`]);
}

/** The property is set and less; numbers compare as numbers. */
export function lt(name: string, value: string | number): Query {
  return query([`?<${name}=${value}`]);
}

/** All of them; of none, everything. */
export function and(...terms: Query[]): Query {
  return combine("&", terms.filter((term) => !isEverything(term)));
}

/** At least one of them. Of none there is no query word for "nothing", so at least one term must be given. */
export function or(first: Query, ...rest: Query[]): Query {
  const terms = [first, ...rest];
  return terms.some(isEverything) ? query([]) : combine("|", terms);
}

/** What the term does not choose. */
export function not(term: Query): Query {
  // No word says "nothing": a row that has a property and has it not.
  if (isEverything(term)) return and(has(".id"), notHas(".id"));
  return query([...term.words, "?#!"]);
}

function isEverything({ words }: Query): boolean {
  return words.length === 0;
}

function combine(operator: "&" | "|", terms: readonly Query[]): Query {
  const words = terms.flatMap((term) => term.words);
  return query(terms.length < 2 ? words : [...words, `?#${operator.repeat(terms.length - 1)}`]);
}
