import { type AlertRule, parseAlertRule } from '@utxoiq/model/alert';
import type { FastifyRequest } from 'fastify';
import { writablePart } from '../alerts/alert-json.ts';
import type { AlertKeeper } from '../alerts/alert-keeper.ts';
import { principalOf, projectsOf } from '../auth/request-auth.ts';
import { ApiError, invalidArgument } from '../errors/api-error.ts';
import type { RouteDeps } from './route-deps.ts';

/** What evaluates here, or 501 with the way to it. */
export function alertKeeperOf({ alerts, config }: RouteDeps): AlertKeeper {
  if (alerts !== undefined) return alerts;
  if (!config.alerts.isOn) {
    throw new ApiError('NOT_SUPPORTED', 'alerts are off in this process (ALERTS)', {
      next_step: 'Set ALERTS_URL to the process that evaluates them, or ALERTS=on here.',
    });
  }
  throw new ApiError(
    'NOT_SUPPORTED',
    'alerts need every span at hand, and Google Cloud Trace gives a sample of them',
    { next_step: 'Unset TRACE_SOURCE to read from the store, or use alerts of Cloud Monitoring.' },
  );
}

/** A rule tells of all projects that it watches: who may not read one of them sees nothing of it. */
export function mayRead(request: FastifyRequest, { projects: watched }: AlertRule): boolean {
  const { projects } = principalOf(request);
  if (projects === 'all') return true;
  return watched?.every((project) => projects.includes(project)) ?? false;
}

export function requestedRule(body: unknown): AlertRule {
  const result = parseAlertRule(writablePart(body));
  if (result.ok) return result.rule;
  const { field, came, expected } = result.error;
  throw invalidArgument(field, came, expected);
}

/** Within the caller's projects; where it names none, all of those. */
export function ruleWithin(request: FastifyRequest, rule: AlertRule): AlertRule {
  const projects = projectsOf(request, rule.projects ?? []);
  return { ...rule, projects: projects === 'all' ? null : projects };
}
