import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { FiringBadge } from '../alerts/firing-badge.tsx';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { Failure, Loading } from '../design/states.tsx';
import { Logo } from './logo.tsx';
import { useSession, useSignIn } from './session.ts';
import { HelpDialog, useShortcuts } from './shortcuts.tsx';
import { SignIn } from './sign-in.tsx';
import { Silence } from './silence.tsx';
import { toggleTheme, useTheme } from './theme.ts';
import { sharedUrlState, type UrlState, useUrlState } from './url-state.ts';
import './shell.css';

const pages = [
  { to: '/', label: 'Explore', key: 'e', hasFilter: true },
  { to: '/services', label: 'Services', key: 's', hasFilter: true },
  { to: '/map', label: 'Map', key: 'm', hasFilter: false },
  { to: '/alerts', label: 'Alerts', key: 'a', hasFilter: false },
  { to: '/compare', label: 'Compare', key: 'c', hasFilter: false },
  { to: '/file', label: 'File', key: 'f', hasFilter: false },
] as const;

/** What one looked at goes along as far as the page can show it. */
function alongTo({ hasFilter }: (typeof pages)[number]) {
  return (state: UrlState): UrlState => ({
    ...sharedUrlState(state),
    ...(hasFilter && state.q !== undefined && { q: state.q }),
  });
}

function ProjectSwitcher({ className }: { className: string }) {
  const { data: session } = useSession();
  const [{ project }, update] = useUrlState();
  const available = session?.available_projects ?? [];
  if (available.length < 2) return null;
  return (
    <select
      className={`field ${className}`}
      aria-label="Project"
      value={project ?? ''}
      onChange={(event) => update({ project: event.target.value || undefined })}
    >
      <option value="">All projects</option>
      {available.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

function AccountMenu() {
  const { data: session } = useSession();
  const { signOut } = useSignIn();
  if (session == null) return null;
  return (
    <Popover label={<Icon name="user" />} name="Account" className="button plain icon" end>
      {() => (
        <div className="stack account">
          <div className="menu-item">
            <span>{session.subject}</span>
            <span className="spread" />
            <span className="chip">{session.roles.join(', ')}</span>
          </div>
          <div className="menu-item muted">
            Projects: {session.projects === 'all' ? 'all' : session.projects.join(', ')}
          </div>
          <ProjectSwitcher className="narrow-only" />
          <button type="button" className="menu-item narrow-only" onClick={toggleTheme}>
            Dark or light
          </button>
          <a className="menu-item" href="/docs">
            API reference
          </a>
          <button type="button" className="menu-item" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      )}
    </Popover>
  );
}

function SessionGate() {
  const session = useSession();
  if (session.data === undefined) {
    return (
      <main>
        <h1 className="visually-hidden">utxoIQ Tracing</h1>
        {session.isError ? (
          <Failure error={session.error} what="your session" retry={() => void session.refetch()} />
        ) : (
          <Loading what="your session" />
        )}
      </main>
    );
  }
  return session.data === null ? <SignIn /> : <Outlet />;
}

export function Shell() {
  const theme = useTheme();
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  useShortcuts('Everywhere', [
    { keys: '?', label: 'This help', run: () => setHelp(true) },
    { keys: 't', label: 'Dark or light', run: toggleTheme },
    ...pages.map((one) => ({
      keys: `g ${one.key}`,
      label: `Go to ${one.label}`,
      run: () => void navigate({ to: one.to, search: alongTo(one) }),
    })),
  ]);
  return (
    <div className="shell">
      <header className="topbar">
        <a className="skip button" href="#page">
          Skip to the page
        </a>
        <Link to="/" search={(state: UrlState) => sharedUrlState(state)} aria-label="utxoIQ Tracing, explore">
          <Logo />
        </Link>
        <nav className="topnav" aria-label="Pages">
          {pages.map((one) => (
            <Link
              key={one.to}
              to={one.to}
              search={alongTo(one)}
              activeOptions={{ exact: true, includeSearch: false }}
            >
              {one.label}
              {one.to === '/alerts' && <FiringBadge />}
            </Link>
          ))}
        </nav>
        <span className="spread" />
        <ProjectSwitcher className="wide-only" />
        <button
          type="button"
          className="button plain icon wide-only"
          onClick={toggleTheme}
          aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
          title="Dark or light (t)"
        >
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
        </button>
        <button
          type="button"
          className="button plain icon wide-only"
          onClick={() => setHelp(true)}
          aria-label="Keyboard help"
          title="Keyboard help (?)"
        >
          <Icon name="help" />
        </button>
        <AccountMenu />
      </header>
      <div className="page" id="page" tabIndex={-1}>
        <Silence />
        {pathname === '/file' ? <Outlet /> : <SessionGate />}
      </div>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
