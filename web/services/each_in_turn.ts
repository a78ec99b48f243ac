/**
 * The same for each, one after the other. What fails for one keeps none of the others from theirs.
 *
 * @param said writes down what failed for one
 * @throws AggregateError with all that failed, once each has had its turn
 */
export async function eachInTurn<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
  said: (one: T, error: unknown) => void,
): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      said(one, error);
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    throw new AggregateError(errors, `Cannot do it for ${errors.length} of ${all.length}: see the log`);
  }
}
