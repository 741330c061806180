import { authHeaders, type GoogleAuthLike } from '../google/google-auth.ts';
import { TracingError } from '../tracing-error.ts';

/** The headers that authorise a reading; throws `CREDENTIALS_MISSING` with the next step. */
export async function readingHeaders(auth: GoogleAuthLike, url: string): Promise<Record<string, string>> {
  try {
    return await authHeaders(auth, url);
  } catch (cause) {
    throw new TracingError(
      'CREDENTIALS_MISSING',
      `no Google credentials: ${textOf(cause)}; run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file`,
      { cause },
    );
  }
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
