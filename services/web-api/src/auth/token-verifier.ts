import type { Principal } from './principal.ts';

/** Turns a Bearer token into who it stands for; throws for a token that is not valid, for whatever reason. */
export interface TokenVerifier {
  verify(token: string): Promise<Principal>;
}
