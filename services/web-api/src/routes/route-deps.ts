import type { AlertKeeper } from '../alerts/alert-keeper.ts';
import type { AuthService } from '../auth/auth-service.ts';
import type { Config } from '../config.ts';
import type { TraceSource } from '../source/trace-source.ts';

/** What routes are given. */
export interface RouteDeps {
  readonly config: Config;
  readonly auth: AuthService;
  readonly source: TraceSource;
  /** Absent where they are off, or where not every span is at hand. */
  readonly alerts?: AlertKeeper;
}
