import type { Logger } from '@utxoiq/service-runner';
import { alertFields, alertLine } from './alert-message.ts';
import type { AlertChange } from './observe-rule.ts';

/** As Cloud Logging's severities: CRITICAL, WARNING, INFO. */
const levels = { critical: 'fatal', warning: 'warn', info: 'info' } as const;

/** A line for each change, so that log-based alerting can pick it up; what nobody needs to hear of is DEBUG. */
export function logChange(
  logger: Pick<Logger, 'fatal' | 'warn' | 'info' | 'debug'>,
  { before, after }: AlertChange,
): void {
  const alert = alertFields(after);
  if (after.state.status === 'firing') {
    const line = alertLine({ event: 'firing', alert: after });
    logger[levels[after.rule.severity]]({ event: 'alert_firing', alert }, `alert firing: ${line}`);
  } else if (before?.state.status === 'firing') {
    const line = alertLine({ event: 'resolved', alert: after });
    logger.info({ event: 'alert_resolved', alert }, `alert resolved: ${line}`);
  } else {
    const service = after.service === null ? '' : ` of ${after.service}`;
    logger.debug(
      { event: 'alert_changed', alert },
      `alert ${after.state.status}: ${after.rule.name}${service}`,
    );
  }
}
