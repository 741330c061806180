import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Icon } from '../design/icon.tsx';
import { Logo } from './logo.tsx';
import { useSessionConfig, useSignIn } from './session.ts';

/** The issuer's page leads back to the one that was asked for. */
function signInAddress(signInUrl: string): string {
  return `${signInUrl}?return_to=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Stands in the place of the page that was asked for, so that its address survives the sign-in. */
export function SignIn() {
  const { data: config } = useSessionConfig();
  const oidc = config?.oidc ?? null;
  const { signIn } = useSignIn();
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn(token);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form className="panel sign-in-card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>Sign in</h1>
        {oidc !== null && (
          <a className="button primary" href={signInAddress(oidc.sign_in_url)}>
            Sign in with {new URL(oidc.issuer).host}
          </a>
        )}
        <label className="stack">
          <span>{oidc === null ? 'Token' : 'Or a token'}</span>
          <textarea
            className="field mono token-field"
            value={token}
            onChange={(event) => setToken(event.target.value)}
            rows={4}
            spellCheck={false}
            autoComplete="off"
            required
            aria-describedby="token-help"
          />
        </label>
        <p id="token-help" className="faint">
          {oidc === null ? (
            <>
              Print one with <code>npm run -s token -- --role viewer</code>, or open the link that{' '}
              <code>npm start</code> printed.
            </>
          ) : (
            'An access token of the issuer, for where no browser can go to it.'
          )}
        </p>
        {problem !== null && (
          <div className="notice bad-notice" role="alert">
            <Icon name="warning" /> {problem}
          </div>
        )}
        <button
          className={oidc === null ? 'button primary' : 'button'}
          type="submit"
          disabled={busy || token.trim() === ''}
        >
          {busy ? 'Signing in…' : 'Sign in with token'}
        </button>
        <p className="faint">
          No account needed to look at a file: <Link to="/file">open a trace from a file</Link>.
        </p>
      </form>
    </main>
  );
}
