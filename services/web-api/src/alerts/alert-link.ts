import { type AlertRule, alertQueryText } from '@utxoiq/model/alert';

export interface AlertMoment {
  readonly rule: AlertRule;
  readonly service: string | null;
  /** The end of what was seen. */
  readonly atMs: number;
  readonly value: number | null;
}

const MARGIN_MINUTES = 10;

/** The viewer's address of the traces behind an alert; a path, for whoever knows the host. */
export function exploreLink({ rule, service, atMs, value }: AlertMoment): string {
  const silent = rule.signal === 'missing_data' ? Math.min(value ?? 0, 1440) : 0;
  const minutes = Math.max(rule.windowMinutes, silent) + MARGIN_MINUTES;
  const project = rule.projects?.length === 1 ? rule.projects[0] : undefined;
  const query = alertQueryText(rule, service);
  const params = new URLSearchParams({
    from: new Date(atMs - minutes * 60_000).toISOString(),
    to: new Date(atMs).toISOString(),
    ...(query === '' ? {} : { q: query }),
    ...(project === undefined ? {} : { project }),
  });
  return `/?${params}`;
}
