import { hostname } from 'node:os';
import { ConfigError, type OptionReader } from '@utxoiq/service-runner';
import { readSecret } from '../auth/auth-config.ts';
import { given } from '../given.ts';

export interface AlertsConfig {
  /** Of several processes on one store, one evaluates. */
  readonly isOn: boolean;
  /** Where that one answers; asked for everything about alerts where they are off. */
  readonly url?: string;
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
  const webhook = options.address('ALERTS_WEBHOOK_URL');
  const slack = options.address('ALERTS_SLACK_WEBHOOK_URL');
  if (secret !== undefined && webhook === undefined) {
    throw new ConfigError('ALERTS_WEBHOOK_URL', 'a URL beside ALERTS_WEBHOOK_SECRET', webhook);
  }
  return {
    isOn: isOnHere(options.text('ALERTS') ?? 'on'),
    ...given({ url: options.url('ALERTS_URL') }),
    intervalMs: options.integer('ALERTS_INTERVAL_S', 60, { min: 5, max: 120 }) * 1000,
    delayMs: options.integer('ALERTS_DELAY_S', 30, { min: 0, max: 600 }) * 1000,
    targets: [
      ...(webhook === undefined ? [] : [{ name: 'webhook' as const, url: webhook, ...given({ secret }) }]),
      ...(slack === undefined ? [] : [{ name: 'slack' as const, url: slack }]),
    ],
  };
}

/** A host's name stands for "on there": in a StatefulSet all have the same environment. */
function isOnHere(text: string): boolean {
  if (text === 'off') return false;
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(text))
    throw new ConfigError('ALERTS', 'on, off or the name of a host', text);
  return text === 'on' || text === hostname();
}
