/** What the engine answers when it refuses: dockerode's error, read without trusting its shape. */

/** The HTTP status of an engine's refusal (404 no such thing, 409 conflict, 304 already so); null for anything else. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** The engine's own sentence, without dockerode's prefix. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

/** Awaits a call whose refusal with one of these statuses means that the wish is already fulfilled. */
export async function unless(statuses: readonly number[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const status = statusOf(error);
    if (status === null || !statuses.includes(status)) throw error;
  }
}
