import type { AuthService } from '../auth/auth-service.ts';
import type { Config } from '../config.ts';
import type { TraceSource } from '../source/trace-source.ts';

/** What routes are given. */
export interface RouteDeps {
  readonly config: Config;
  readonly auth: AuthService;
  readonly source: TraceSource;
}
