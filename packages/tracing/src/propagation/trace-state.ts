import type { TraceState } from '@opentelemetry/api';

const MAX_MEMBERS = 32;
const MAX_LENGTH = 512;
const KEY = /^[a-z0-9][_0-9a-z\-*/@]{0,255}$/;
const VALUE = /^[ -~]{0,255}[!-~]$/;

type Member = readonly [key: string, value: string];

/**
 * W3C `tracestate` (trace-context level 2, section 3.3): immutable, newest member first. The header is parsed
 * when somebody asks; a request that only passes it on pays for one validation.
 */
export class W3CTraceState implements TraceState {
  private readonly raw: string;
  private parsed: readonly Member[] | null;

  constructor(header = '', members: readonly Member[] | null = null) {
    this.raw = header;
    this.parsed = members;
  }

  set(key: string, value: string): W3CTraceState {
    if (!isMember(key, value)) return this;
    const rest = this.members().filter(([name]) => name !== key);
    const next: Member[] = [[key, value], ...rest];
    return next.length > MAX_MEMBERS || textOf(next).length > MAX_LENGTH ? this : new W3CTraceState('', next);
  }

  unset(key: string): W3CTraceState {
    const rest = this.members().filter(([name]) => name !== key);
    return new W3CTraceState('', rest);
  }

  get(key: string): string | undefined {
    return this.members().find(([name]) => name === key)?.[1];
  }

  serialize(): string {
    return textOf(this.members());
  }

  private members(): readonly Member[] {
    this.parsed ??= parse(this.raw);
    return this.parsed;
  }
}

/** Empty where a state that is not ours throws, or is none at all. */
export function stateText(state: TraceState | undefined): string {
  if (state === undefined) return '';
  try {
    const text: unknown = state.serialize();
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}

function textOf(members: readonly Member[]): string {
  return members.map(([key, value]) => `${key}=${value}`).join(',');
}

function isMember(key: string, value: string): boolean {
  return KEY.test(key) && VALUE.test(value) && !value.includes(',') && !value.includes('=');
}

/** Malformed members, repeats and whatever goes over the limits are left out; the rest is kept. */
function parse(header: string): readonly Member[] {
  const members: Member[] = [];
  const seen = new Set<string>();
  let length = 0;
  for (const part of header.split(',', 4 * MAX_MEMBERS)) {
    const text = part.trim();
    const at = text.indexOf('=');
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 0 || seen.has(key) || !isMember(key, value)) continue;
    if (length + text.length + 1 > MAX_LENGTH + 1) continue;
    members.push([key, value]);
    seen.add(key);
    length += text.length + 1;
    if (members.length === MAX_MEMBERS) break;
  }
  return members;
}
