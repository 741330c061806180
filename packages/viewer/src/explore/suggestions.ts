import {
  completeQuery,
  operatorsOf,
  type QueryCompletion,
  queryWords,
  quoteQueryKey,
  quoteQueryText,
} from '@utxoiq/model';
import { useEffect, useState } from 'react';
import { type Scope, useAttributeKeys, useAttributeValues, useFieldValues } from '../api/queries.ts';
import { formatCount } from '../time/format.ts';

export interface Suggestion {
  readonly label: string;
  readonly hint: string;
  /** What replaces the text between `from` and `to`. */
  readonly insert: string;
}
export interface Suggestions {
  readonly items: readonly Suggestion[];
  readonly from: number;
  readonly to: number;
  readonly title: string;
}

const wordHints: Readonly<Record<string, string>> = {
  root: 'name of the root span',
  span: 'name of any span',
  name: 'name of the span',
  latency: 'duration of the whole trace',
  duration: 'duration of one span',
  label: 'the attribute exists',
  has: 'the attribute exists',
  method: 'HTTP method',
  url: 'HTTP URL',
  service: 'service name',
  status: 'unset, ok or error',
  status_message: 'message of the status',
  kind: 'server, client, …',
  scope: 'instrumentation scope',
  trace: 'trace id',
  span_id: 'span id',
};

const usualDurations = ['10ms', '100ms', '500ms', '1s', '5s', '30s'];
const maxShown = 12;

/** The operator that a key is most often wanted with. */
function usualOperator(key: string): string {
  const word = queryWords.get(key);
  if (word?.type === 'duration') return '>=';
  return word?.type === 'existence' ? ':' : '=';
}

function startsWith(text: string, prefix: string): boolean {
  return text.toLowerCase().startsWith(prefix.toLowerCase());
}

function keySuggestions(prefix: string, attributes: readonly { key: string; count: number; type: string }[]) {
  const words = [...queryWords.keys()]
    .filter((key) => startsWith(key, prefix))
    .map((key) => ({ label: key, hint: wordHints[key] ?? '', insert: `${key}${usualOperator(key)}` }));
  const found = attributes.map(({ key, count, type }) => ({
    label: key,
    hint: `${type}, ${formatCount(count)}`,
    insert: `${quoteQueryKey(key)}=`,
  }));
  // With nothing typed the language's own words come first; a prefix most often means an attribute.
  const ordered = prefix === '' ? [...words, ...found] : [...words.slice(0, 4), ...found];
  return ordered.slice(0, prefix === '' ? 24 : maxShown);
}

function useDebounced<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

type ValueSource = 'none' | 'choices' | 'durations' | 'keys' | 'field' | 'attribute';

function valueSource(completion: QueryCompletion): ValueSource {
  if (completion.type !== 'value') return 'none';
  const word = completion.quotedKey ? undefined : queryWords.get(completion.key);
  if (word === undefined || word.type === 'attribute') return 'attribute';
  if (word.type === 'choice') return 'choices';
  if (word.type === 'duration') return 'durations';
  if (word.type === 'existence') return 'keys';
  return word.type === 'text' && (word.field === 'service' || word.field === 'name') ? 'field' : 'none';
}

/** What could stand at the cursor: keys, operators and values, the latter from the data itself. */
export function useSuggestions(scope: Scope, text: string, cursor: number, active: boolean): Suggestions {
  const completion = completeQuery(text, cursor);
  const source = valueSource(completion);
  const prefix = useDebounced(completion.prefix, 120);
  const key = completion.type === 'value' ? completion.key : '';
  const word = queryWords.get(key);
  const wantsKeys = completion.type === 'key' || source === 'keys';
  const keys = useAttributeKeys(scope, prefix, active && wantsKeys).data ?? [];
  const field = word?.type === 'text' ? word.field : 'service';
  const fieldValues = useFieldValues(scope, field, active && source === 'field').data?.data[0]?.values ?? [];
  const attribute = word?.type === 'attribute' ? word.key : key;
  const values = useAttributeValues(scope, attribute, prefix, active && source === 'attribute').data ?? [];

  const { from, to } = completion;
  const quoted = (value: string, hint: string) => ({
    label: value === '' ? '(empty)' : value,
    hint,
    insert: `${quoteQueryText(value)} `,
  });
  if (!active) return { items: [], from, to, title: '' };
  if (completion.type === 'operator') {
    const operators = operatorsOf(
      queryWords.get(completion.key) ?? { type: 'attribute', key: completion.key },
    );
    return {
      items: operators
        .filter((operator) => operator.startsWith(completion.prefix))
        .map((operator) => ({ label: operator, hint: '', insert: operator })),
      from,
      to,
      title: 'Operators',
    };
  }
  if (completion.type === 'key') {
    const attributes = keys.filter((one) => startsWith(one.key, completion.prefix));
    return { items: keySuggestions(completion.prefix, attributes), from, to, title: 'Fields and attributes' };
  }
  const typed = completion.prefix;
  const all: Record<ValueSource, readonly Suggestion[]> = {
    none: [],
    choices: word?.type === 'choice' ? word.choices.map((choice) => quoted(choice, '')) : [],
    durations: usualDurations.map((value) => quoted(value, '')),
    keys: keys.map((one) => quoted(one.key, formatCount(one.count))),
    field: fieldValues.map(({ value, count }) => quoted(value, formatCount(count))),
    attribute: values.map(({ value, count }) => quoted(value, formatCount(count))),
  };
  const items = all[source].filter(({ label }) => startsWith(label, typed)).slice(0, maxShown);
  return { items, from, to, title: `Values of ${key}` };
}
