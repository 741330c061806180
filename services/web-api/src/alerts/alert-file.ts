import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AlertRule, alertRuleToJson, parseAlertRule } from '@utxoiq/model/alert';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { AlertBook, AlertRecord, KeptAlert, KeptRule } from './alert-book.ts';

const Millis = Type.Number();
const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Told = Type.Object({ isFiring: Type.Boolean(), atMs: Millis });
/** What the file has around its rules, which have a parser of their own. */
const FileSchema = Type.Object({
  version: Type.Literal(1),
  rules: Type.Array(
    Type.Object({
      id: Type.String(),
      rule: Type.Unknown(),
      createdMs: Millis,
      updatedMs: Millis,
      silencedUntilMs: Maybe(Millis),
    }),
  ),
  alerts: Type.Array(
    Type.Object({
      id: Type.String(),
      ruleId: Type.String(),
      rule: Type.Unknown(),
      service: Maybe(Type.String()),
      state: Type.Object({
        status: Type.Union([
          Type.Literal('ok'),
          Type.Literal('pending'),
          Type.Literal('firing'),
          Type.Literal('no_data'),
        ]),
        sinceMs: Millis,
        breachedSinceMs: Maybe(Millis),
        blindSinceMs: Maybe(Millis),
        observedMs: Millis,
      }),
      value: Maybe(Type.Number()),
      count: Type.Number(),
      peak: Maybe(Type.Number()),
      end: Maybe(Type.String()),
      told: Type.Object({ webhook: Type.Optional(Told), slack: Type.Optional(Told) }),
    }),
  ),
  history: Type.Array(
    Type.Object({
      id: Type.String(),
      alertId: Type.String(),
      ruleId: Type.String(),
      rule: Type.Unknown(),
      service: Maybe(Type.String()),
      firedMs: Millis,
      endedMs: Maybe(Millis),
      end: Maybe(Type.String()),
      value: Maybe(Type.Number()),
      peak: Maybe(Type.Number()),
    }),
  ),
});

export function bookToText({ rules, alerts, history }: AlertBook): string {
  const withJsonRule = <T extends { readonly rule: AlertRule }>(one: T) => ({
    ...one,
    rule: alertRuleToJson(one.rule),
  });
  return JSON.stringify({
    version: 1,
    rules: [...rules.values()].map(withJsonRule),
    alerts: [...alerts.values()].map(withJsonRule),
    history: history.map(withJsonRule),
  });
}

/**
 * Throws for what is no such file. A rule that cannot be read, as one of another version may not, is left out with its
 * alerts, and said.
 */
export function bookFromText(text: string): {
  readonly book: AlertBook;
  readonly unreadable: readonly string[];
} {
  const file: unknown = JSON.parse(text);
  if (!Value.Check(FileSchema, file)) throw new Error('it has not the form of version 1');
  const unreadable = new Set<string>();
  const parsed = <T extends { readonly rule: unknown }>(one: T) => {
    const result = parseAlertRule(one.rule);
    if (result.ok) return [{ ...one, rule: result.rule }];
    unreadable.add(`${nameIn(one.rule)} has no valid ${result.error.field}`);
    return [];
  };
  // The checks above and the parser of rules have typed everything but the words of `end`, which are only shown.
  const rules = file.rules.flatMap(parsed) as KeptRule[];
  const alerts = file.alerts.flatMap(parsed) as KeptAlert[];
  const book = {
    rules: new Map(rules.map((one) => [one.id, one])),
    alerts: new Map(alerts.map((one) => [one.id, one])),
    history: file.history.flatMap(parsed) as AlertRecord[],
  };
  return { book, unreadable: [...unreadable] };
}

const nameIn = (rule: unknown): string =>
  typeof rule === 'object' && rule !== null && 'name' in rule ? String(rule.name) : 'a rule without a name';

/** Null: there is no file yet. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, also when the machine stops at any moment: a draft is synced, then takes the file's name. */
export async function writeAtomically(
  path: string,
  text: string,
  { moveInto = rename }: { readonly moveInto?: (from: string, to: string) => Promise<void> } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.draft`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveInto(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
