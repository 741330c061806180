import { activeContext } from '../context/context-manager.ts';
import { SUPPRESSED } from '../context/suppressed.ts';
import { authHeaders, type GoogleAuthLike, loadGoogleAuth } from './google-auth.ts';

const DEFAULT_UNIVERSE = 'googleapis.com';

export interface GoogleCredentialsOptions {
  /** A `GoogleAuth` of the host's own; by default Application Default Credentials. */
  readonly auth?: GoogleAuthLike | undefined;
  readonly timeoutMs: number;
  readonly load?: () => Promise<GoogleAuthLike>;
}

/**
 * Tokens of google-auth-library, which keeps them and renews them before they run out. Nothing it asks is traced,
 * and nothing is waited for longer than `timeoutMs`.
 */
export class GoogleCredentials {
  private readonly options: GoogleCredentialsOptions;
  private auth: Promise<GoogleAuthLike> | null = null;

  constructor(options: GoogleCredentialsOptions) {
    this.options = options;
  }

  headers(url: string): Promise<Record<string, string>> {
    return this.ask(async (auth) => authHeaders(auth, url));
  }

  /** `googleapis.com`, or what the credentials or `GOOGLE_CLOUD_UNIVERSE_DOMAIN` say. */
  async universeDomain(): Promise<string> {
    const domain = await this.ask(async (auth) => auth.getUniverseDomain?.());
    return domain ?? DEFAULT_UNIVERSE;
  }

  /** The project of the credentials; null where they name none. */
  async projectId(): Promise<string | null> {
    try {
      return (await this.ask(async (auth) => auth.getProjectId?.())) ?? null;
    } catch {
      return null; // Without credentials there is no project either; the export reports them.
    }
  }

  /** Forgets a token that was refused, where the library is ours to make anew. */
  renew(): void {
    if (this.options.auth === undefined) this.auth = null;
  }

  private async ask<T>(question: (auth: GoogleAuthLike) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const answer = activeContext.run(SUPPRESSED, async () => question(await this.loaded()));
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async loaded(): Promise<GoogleAuthLike> {
    const { auth, load = () => loadGoogleAuth('export') } = this.options;
    if (auth !== undefined) return auth;
    this.auth ??= load();
    try {
      return await this.auth;
    } catch (error) {
      this.auth = null; // It may be there the next time.
      throw error;
    }
  }
}
