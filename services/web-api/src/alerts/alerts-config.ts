import { ConfigError, type OptionReader } from '@utxoiq/service-runner';
import { readSecret } from '../auth/auth-config.ts';
import { given } from '../given.ts';

export interface AlertsConfig {
  /** Of several processes on one store, one evaluates. */
  readonly isOn: boolean;
  readonly intervalMs: number;
  /** How long after a minute's end its spans are counted: late ones have time to arrive. */
  readonly delayMs: number;
  readonly targets: readonly AlertTarget[];
}

/** Where notifications go. From the configuration only: who may change rules cannot make this program call addresses. */
export interface AlertTarget {
  readonly name: 'webhook' | 'slack';
  readonly url: string;
  /** Signs the body. */
  readonly secret?: string;
}

export function readAlerts(options: OptionReader): AlertsConfig {
  const secret = readSecret(options, 'ALERTS_WEBHOOK_SECRET');
  const webhook = options.url('ALERTS_WEBHOOK_URL');
  const slack = options.url('ALERTS_SLACK_WEBHOOK_URL');
  if (secret !== undefined && webhook === undefined) {
    throw new ConfigError('ALERTS_WEBHOOK_URL', 'a URL beside ALERTS_WEBHOOK_SECRET', webhook);
  }
  return {
    isOn: options.choice('ALERTS', ['on', 'off'], 'on') === 'on',
    intervalMs: options.integer('ALERTS_INTERVAL_S', 60, { min: 5, max: 3600 }) * 1000,
    delayMs: options.integer('ALERTS_DELAY_S', 30, { min: 0, max: 600 }) * 1000,
    targets: [
      ...(webhook === undefined ? [] : [{ name: 'webhook' as const, url: webhook, ...given({ secret }) }]),
      ...(slack === undefined ? [] : [{ name: 'slack' as const, url: slack }]),
    ],
  };
}
