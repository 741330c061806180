import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, getJson, request } from './client.ts';

export type AlertStateName = 'firing' | 'pending' | 'no_data' | 'ok';
export interface AlertItem {
  readonly id: string;
  readonly rule_id: string;
  readonly rule: string;
  readonly severity: string;
  readonly signal: string;
  readonly service: string | null;
  readonly state: AlertStateName;
  readonly since: string;
  readonly value: number | null;
  readonly value_text: string | null;
  readonly count: number;
  readonly threshold: number;
  readonly threshold_text: string;
  readonly comparison: 'above' | 'below';
  readonly condition: string;
  readonly values: readonly (number | null)[];
  readonly link: string;
  readonly silenced_until: string | null;
  readonly failure: string | null;
}
export interface AlertList {
  readonly evaluated_at: string | null;
  readonly targets: readonly string[];
  readonly counts: { readonly [state in AlertStateName]: number };
  readonly failing_rules: number;
  readonly alerts: readonly AlertItem[];
}
/** The rule's own fields, as the form edits them. */
export type RuleFields = Readonly<Record<string, unknown>>;
export interface RuleItem extends RuleFields {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly enabled: boolean;
  readonly service: string | null;
  readonly operation: string | null;
  readonly group_by: string;
  readonly spans: string;
  readonly filter_str: string;
  readonly condition: string;
  readonly silenced_until: string | null;
  readonly evaluation: { readonly status: string; readonly message: string | null };
}
export interface AlertRecord {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly service: string | null;
  readonly fired_at: string;
  readonly resolved_at: string | null;
  readonly end: string | null;
  readonly peak_text: string | null;
  readonly condition: string;
  readonly link: string;
}
export interface Preview {
  readonly start_time: string;
  readonly end_time: string;
  readonly fired: number;
  readonly services: number;
  readonly shown: readonly {
    readonly service: string | null;
    readonly fired: number;
    readonly episodes: readonly { readonly start_time: string; readonly end_time: string | null }[];
    readonly values: readonly (number | null)[];
    /** Minutes over the threshold that had too few spans to fire. */
    readonly withheld_minutes: number;
  }[];
}
export interface Delivery {
  readonly target: string;
  readonly ok: boolean;
  readonly reason?: string;
}

const REFRESH_MS = 15_000;
const EVALUATED_MS = 1500;

/** Where alerts are not there, asking again and again would not bring them. */
const unlessUnsupported = (error: Error | null): number | false =>
  error instanceof ApiError && error.status === 501 ? false : REFRESH_MS;
const retry = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status < 502 && error.status !== 0);

function useLive<T>(path: string, query: Readonly<Record<string, string | number>> = {}, enabled = true) {
  return useQuery({
    queryKey: ['alerts', path, query],
    queryFn: ({ signal }) => getJson<T>(path, query, signal),
    refetchInterval: ({ state }) => unlessUnsupported(state.error),
    placeholderData: keepPreviousData,
    retry,
    enabled,
  });
}

export const useAlerts = () => useLive<AlertList>('/alerts');
export const useAlertRules = () => useLive<readonly RuleItem[]>('/alerts/rules');
export const useAlertHistory = () => useLive<readonly AlertRecord[]>('/alerts/history', { limit: 100 });
/** Only how many there are. */
export const useAlertCounts = (enabled: boolean) => useLive<AlertList>('/alerts', { limit: 0 }, enabled);

/** Null: the rule cannot be tried yet. */
export function useAlertPreview(rule: RuleFields | null) {
  return useQuery({
    queryKey: ['alert-preview', rule],
    queryFn: async ({ signal }) => {
      const response = await request('/alerts/preview', { method: 'POST', body: rule, signal });
      return (await response.json()) as Preview;
    },
    placeholderData: keepPreviousData,
    retry: false,
    enabled: rule !== null,
  });
}

export interface AlertChange {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}
/** Changes something and has everything about alerts asked anew. */
export function useAlertChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: AlertChange) =>
      request(`/alerts${path}`, { method, ...(body === undefined ? {} : { body }) }),
    onSettled: () => {
      // What fires by the new rule is known a moment later.
      setTimeout(() => void client.invalidateQueries({ queryKey: ['alerts'] }), EVALUATED_MS);
      return client.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
}

export function useTestNotification() {
  return useMutation({
    mutationFn: async () => {
      const response = await request('/alerts/notifications/test', { method: 'POST' });
      return (await response.json()) as readonly Delivery[];
    },
  });
}
