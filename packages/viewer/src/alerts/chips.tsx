import type { AlertStateName } from '../api/alerts.ts';
import { stateWords } from './alert-words.ts';

export function StateChip({ state }: { state: AlertStateName }) {
  return <span className={`chip alert-state is-${state}`}>{stateWords[state]}</span>;
}

export function SeverityChip({ severity }: { severity: string }) {
  return <span className={`chip alert-severity is-${severity}`}>{severity}</span>;
}
